fn main() {
    let _ = cluster_runtime::cluster! {
        k[3]: ring(latency = 0.04f64 + 0.0);
    };
}
