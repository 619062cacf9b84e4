//! A fault that the kernel puts in force is seen to have an effect, or is an error.

use cluster_daemons::yggdrasil;
use cluster_runtime::__private::make_faults_idle;
use cluster_runtime::error::{Error, Result};
use cluster_runtime::net::Conditions;
use cluster_runtime::place::Namespaces;
use cluster_runtime::wiring::with_conditions;
use cluster_runtime::{cluster, connect};
use cluster_tests::{is_installed, remove_files, sleeper};

use super::At;

fn fault_error<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome.expect_err("it does nothing") {
        Error::Fault(error) => error.to_string(),
        error => panic!("expected a fault, found {error:?}"),
    }
}

#[tokio::test]
async fn faults_without_an_effect_say_so() -> Result {
    if !At::Namespaces.is_had().await {
        return Ok(());
    }
    let net = cluster! { use sleeper(); a; b: connect(a) }.start().public(true).on(Namespaces::new()).await?;
    make_faults_idle(&net);
    let cut = || net.cut(&net.a, &net.b);
    for outcome in [cut().await, cut().refuse().await, cut().reset().await, net.cut_one_way(&net.b, &net.a).await] {
        let error = fault_error(outcome);
        assert!(error.contains("blocked nothing"), "{error}");
    }
    let error = fault_error(net.condition(&net.a, &net.b).loss(0.5).await);
    assert!(error.contains("lost nothing"), "{error}");
    net.stop().await?;
    [&net.a, &net.b].into_iter().for_each(remove_files);
    Ok(())
}

#[tokio::test]
async fn a_declared_loss_that_loses_nothing_fails_the_start() -> Result {
    if !At::Namespaces.is_had().await {
        return Ok(());
    }
    let net = cluster! { use sleeper(); a; b };
    with_conditions(Conditions::default().loss(0.5), || connect(&net.a, &net.b));
    make_faults_idle(&net);
    let nodes = [net.a.clone(), net.b.clone()];
    let error = fault_error(net.start().public(true).on(Namespaces::new()).await.map(drop));
    assert!(error.starts_with("the declared condition (loss = 0.5) lost nothing: "), "{error}");
    nodes.iter().for_each(remove_files);
    Ok(())
}

#[tokio::test]
async fn a_declared_loss_is_proved_by_the_start() -> Result {
    if !At::Namespaces.is_had().await {
        return Ok(());
    }
    let net = cluster! { use sleeper(); k[3]: clique(loss = 0.5); other: connect(k[0], loss = 0.1) };
    net.start().public(true).on(Namespaces::new()).await?.stop().await
}

#[tokio::test]
async fn a_loss_loses_packets_of_nodes_and_counts_them() -> Result {
    if !At::Namespaces.is_had().await || !is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); a; b: connect(a) };
    let net = net.start().on(Namespaces::new()).wait_connections(true).await?;
    let loss = net.condition(&net.a, &net.b).loss(0.5).await?;
    loss.wait_bitten().await?;
    loss.heal().await?;
    assert!(loss.evidence().packets > 0, "{:?}", loss.evidence());
    net.wait_connections().await?;
    net.stop().await
}

#[tokio::test]
async fn a_reset_closes_connections_and_counts_it() -> Result {
    if !At::Namespaces.is_had().await || !is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); a; b: connect(a) };
    let net = net.start().on(Namespaces::new()).wait_connections(true).await?;
    let reset = net.cut(&net.a, &net.b).reset().await?;
    net.wait_until(|observed| observed.links().len() == 0).await?;
    reset.wait_bitten().await?;
    reset.heal().await?;
    assert!(reset.evidence().packets > 0, "{:?}", reset.evidence());
    net.wait_connections().await?;
    net.stop().await
}
