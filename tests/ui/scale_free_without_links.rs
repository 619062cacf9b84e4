fn main() {
    let _ = cluster_runtime::cluster! {
        k[9]: scale_free(0);
    };
}
