fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b;
        connect(a, b, latency = 20ms + 20ms);
    };
}
