//! In both worlds: on real sockets, and in simulated time.

use super::*;

#[tokio::test]
async fn a_node_that_is_killed_is_missed_until_it_is_back() -> Result {
    for start in [gossips().start(), gossips().start().simulated(7)] {
        let net = start.await?;
        miss_one_that_is_killed(&net).await?;
        net.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_node_that_is_cut_off_and_the_others_miss_each_other_until_it_is_healed() -> Result {
    for start in [gossips().start(), gossips().start().simulated(7)] {
        let net = start.await?;
        knows(&net, &net.first, 5).await?;
        let isolation = net.isolate(&net.others[1]).await?;
        knows(&net, &net.others[1], 1).await?;
        knows(&net, &net.first, 4).await?;
        isolation.heal().await?;
        knows(&net, &net.others[1], 5).await?;
        knows(&net, &net.first, 5).await?;
        net.stop().await?;
    }
    Ok(())
}
