fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b[3]: ring;
        require connected;
    };
}
