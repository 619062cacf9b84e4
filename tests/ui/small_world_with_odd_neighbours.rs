fn main() {
    let _ = cluster_runtime::cluster! {
        k[9]: small_world(3, 0.1);
    };
}
