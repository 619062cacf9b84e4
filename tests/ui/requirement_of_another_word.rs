fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        assert connected;
    };
}
