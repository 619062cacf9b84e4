fn main() {
    let _ = cluster_runtime::cluster! {
        center = cluster_runtime::Loopback::;
    };
}
