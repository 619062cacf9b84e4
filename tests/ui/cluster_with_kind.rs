fn main() {
    let _ = cluster_runtime::cluster! {
        east { gw } = cluster_runtime::Loopback::new();
    };
}
