fn main() {
    let _ = cluster_runtime::cluster! {
        center;
        use cluster_runtime::Loopback::new();
    };
}
