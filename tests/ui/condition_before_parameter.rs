fn main() {
    let _ = cluster_runtime::cluster! {
        k[9];
        grid(k, latency = 40ms, columns = 3);
    };
}
