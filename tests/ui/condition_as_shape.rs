fn main() {
    let _ = cluster_runtime::cluster! {
        k[3]: latency = 40ms;
    };
}
