fn main() {
    let _ = cluster_runtime::cluster! {
        center;
        leaves[5]: star(center, latency = 20ms);
        connect(center, leaves[1..3], latency = 40ms);
    };
}
