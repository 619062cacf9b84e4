fn main() {
    let _ = cluster_runtime::cluster! {
        a; b;
        connect(a, latency = 40ms, b);
    };
}
