fn main() {
    let _ = cluster_runtime::cluster! {
        k[2]: ring;
    };
}
