fn main() {
    let _ = cluster_runtime::cluster! {
        center;
        leaves[3]: ring;
        leaves: star(center);
    };
}
