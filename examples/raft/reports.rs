//! What `openraft` reports through `tracing` is an event of the member that it is of.

use cluster_runtime::Level;

use super::*;

#[tokio::test]
async fn a_leader_is_told_by_openraft_itself() -> Result {
    let net = cluster! { raft[5] = member(Default::default()): clique }
        .start()
        .event_sections_levels([("openraft", Level::Info)])
        .await?;
    found(&net.raft).await?;
    let first = net.eventually(|| leader(&net.raft)).await?;
    let section = net.raft[first].wait_for_event("become leader", |event| Some(event.section.to_string())).await?;
    assert!(section.starts_with("openraft.engine"), "it is told in the section {section}");

    let killed = net.mark();
    net.raft[first].kill().await?;
    let second = net.eventually(|| leader(&net.raft)).await?;
    let id = net.raft[second].wait_for("become leader", |value| value["id"].as_str().map(str::to_owned)).since(killed);
    assert_eq!(id.await?, second.to_string());
    for (other, member) in net.raft.iter().enumerate().filter(|(other, _)| ![first, second].contains(other)) {
        let follows = net.journal().iter().all(|event| *event.node != *member.name() || event.name != "become leader");
        assert!(follows, "{other} is not the leader, and has an event of one");
    }
    net.stop().await
}
