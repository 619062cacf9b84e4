fn main() {
    let _ = cluster_runtime::cluster! {
        k[4];
        leaves[5]: star(k);
    };
}
