fn main() {
    let _ = cluster_runtime::cluster! {
        leaves[3]: star(center);
        center;
        k[4]: line;
        connect(center, k[0]);
        require diameter <= 4;
    };
}
