fn main() {
    let _ = cluster_runtime::cluster! {
        k: ring[5];
    };
}
