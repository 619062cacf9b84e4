fn main() {
    let _ = cluster_runtime::cluster! {
        k[9]: random_regular(3);
    };
}
