fn main() {
    let _ = cluster_runtime::cluster! {
        center;
        leaves[5]: center;
    };
}
