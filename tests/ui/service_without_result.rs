use cluster_runtime::{Service, cluster};

fn main() {
    let _ = cluster! {
        a = Service::new(|node| async move { node.stopped().await });
    };
}
