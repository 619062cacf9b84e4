use super::*;

#[tokio::test]
async fn all_greet_their_peers_in_real_and_in_simulated_time() -> Result<(), BoxError> {
    for seed in [None, Some(1)] {
        let net = cluster! { use Service::new(serve).gated(); boot; servers[4]: ring + star(boot) };
        let start = net.start().wait_connections(true);
        let net = match seed {
            Some(seed) => start.simulated(seed).await?,
            None => start.await?,
        };
        net.stop().await?;
    }
    Ok(())
}
