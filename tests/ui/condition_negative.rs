fn main() {
    let _ = cluster_runtime::cluster! {
        a; b;
        a -> b (latency = -40ms);
    };
}
