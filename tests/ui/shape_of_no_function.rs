fn main() {
    let _ = cluster_runtime::cluster! {
        k[3]: shape([(0, 1)]);
    };
}
