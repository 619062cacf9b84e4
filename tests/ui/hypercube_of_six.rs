fn main() {
    let _ = cluster_runtime::cluster! {
        k[6]: hypercube;
    };
}
