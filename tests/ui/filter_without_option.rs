use cluster_runtime::{Result, cluster};

async fn waits() -> Result {
    let net = cluster! { a }.start().await?;
    net.a.wait_for("message", |value| value["hops"].as_u64().unwrap_or(0)).await?;
    net.eventually(async || 7).await?;
    net.stop().await
}

fn main() {}
