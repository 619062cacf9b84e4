fn main() {
    let _ = cluster_runtime::cluster! {
        center;
        leaves[5]: star(center);
        require survives(1);
    };
}
