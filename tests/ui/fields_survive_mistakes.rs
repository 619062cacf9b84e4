use cluster_runtime::{Result, cluster};

fn main() {
    let _ = test();
}

async fn test() -> Result {
    let net = cluster! {
        center;
        leaves[5]: star(centre);
        k[n]: ring;
    }
    .start()
    .wait_connections(true)
    .await?;
    assert_eq!(net.center.connections().await?.len(), 5);
    let [first, ..] = &net.leaves;
    assert_eq!(first.name(), net.k[0].name());
    net.stop().await
}
