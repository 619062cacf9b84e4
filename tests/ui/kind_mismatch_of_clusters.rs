use cluster_runtime::{Loopback, NodeContext, Result, Service, cluster};

async fn serve(_: NodeContext) -> Result {
    Ok(())
}

fn main() {
    let _ = cluster! {
        east { gw = Loopback::new(); n[2] };
        west { use Service::new(serve); gw };
        connect(east, west);
    };
}
