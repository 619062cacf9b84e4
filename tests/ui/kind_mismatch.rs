use cluster_runtime::{Loopback, NodeContext, Result, Service, cluster};

async fn serve(_: NodeContext) -> Result {
    Ok(())
}

fn main() {
    let _ = cluster! {
        a = Loopback::new();
        b[4] = Service::new(serve);
        connect(a, b);
    };
}
