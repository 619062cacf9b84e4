fn main() {
    let _ = cluster_runtime::cluster! {
        center: Loopback::new();
    };
}
