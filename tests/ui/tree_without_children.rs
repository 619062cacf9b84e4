fn main() {
    let _ = cluster_runtime::cluster! {
        k[7]: tree(0);
    };
}
