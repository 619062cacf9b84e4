use cluster_runtime::{Service, cluster};

fn main() {
    let _ = cluster! {
        a = Service::new(async |node| {
            node.ready();
            Ok(())
        });
    };
}
