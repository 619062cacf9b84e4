//! Networks that a kind does not form are refused, with the reason.

use cluster_runtime::{Form, Node, Process, Result, cluster, connect};
use cluster_tests::sleeper;

fn forming(form: Form) -> Process {
    sleeper().forms(form)
}

#[tokio::test]
async fn what_a_kind_forms_is_started() -> Result {
    cluster! { use forming(Form::Tree); hub; leaves[3]: star(hub); alone }.start().await?.stop().await?;
    cluster! { use forming(Form::Clique); k[3]: clique; others[2]: clique }.start().await?.stop().await?;
    cluster! { use forming(Form::Connected); k[4]: ring }.start().await?.stop().await
}

#[tokio::test]
async fn what_a_kind_does_not_form_is_refused() {
    let ring = cluster! { use forming(Form::Tree); k[4]: ring }.start().await.map(drop);
    let line = cluster! { use forming(Form::Clique); k[3]: line }.start().await.map(drop);
    let parts = cluster! { use forming(Form::Connected); a[2]: line; b[2]: line }.start().await.map(drop);
    for (start, expected) in [
        (ring, "which forms a tree only: 4 links between 4 nodes make a circle"),
        (line, "which forms a clique only: `k.1` and `k.3` are not linked"),
        (parts, "which forms one connected network only: there is no path from `a.1` to `b.1`"),
    ] {
        let error = start.expect_err("it is refused").to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn an_addition_is_refused_if_the_network_would_be_of_another_form() -> Result {
    let net = cluster! { use forming(Form::Clique); k[3]: clique }.start().await?;
    let late = Node::new(&forming(Form::Clique), "late");
    connect(&late, &net.k[..2]);
    let error = net.add(&late).await.expect_err("it is no clique").to_string();
    assert!(error.contains("which forms a clique only: `k.3` and `late` are not linked"), "{error}");
    assert!(late.process_id().is_none(), "nothing was started");
    // Nodes that do not run are not part of it.
    net.k[2].kill().await?;
    net.add(&late).await?;
    net.stop().await
}
