fn main() {
    let _ = cluster_runtime::cluster! {
        use cluster_runtime::Loopback::new();
        use cluster_runtime::Loopback::new();
        center;
    };
}
