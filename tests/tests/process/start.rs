//! Programs are brought up phase by phase, each in a directory of its own.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Feature, Identity, Node, Process, Ready, Result, clique, cluster, create, start};
use cluster_tests::{remove_files, script, sleeper};

#[tokio::test]
async fn programs_start_and_stop() -> Result {
    let net = cluster! { use sleeper(); beds[5] }.start().await?;
    let processes: HashSet<_> = net.beds.iter().map(Node::process_id).collect();
    assert_eq!(processes.len(), 5, "each is a process: {processes:?}");
    assert!(!processes.contains(&None), "each runs: {processes:?}");
    net.stop().await?;
    assert!(net.beds.iter().all(|bed| bed.process_id().is_none()), "none runs any more");
    Ok(())
}

#[tokio::test]
async fn a_program_knows_its_node() -> Result {
    let kind = Process::new("sh", |node, command| {
        let peers: Vec<_> = node.peers().iter().map(|peer| peer.name().to_owned()).collect();
        let text = r#"echo "$@" "$GREETING" "$(pwd)" > facts; touch ready; exec sleep 1000"#;
        command.args(["-c", text, "sh"]).arg(node.name()).arg(node.addr()).arg(node.port("rpc")).args(peers);
        command.env("GREETING", node.private());
    })
    .port("rpc")
    .ready(Ready::file("ready"))
    .supports(Feature::Private);
    let net = cluster! { a = kind.clone(); b = kind.clone(): connect(a) }.start().await?;
    let dir = net.a.dir()?;
    let facts = std::fs::read_to_string(dir.join("facts"))?;
    let rpc = net.a.addr_of("rpc").expect("it asks for this port");
    assert_eq!(facts.trim_end(), format!("a {} {} b true {}", net.a.addr(), rpc.port(), dir.display()));
    net.stop().await
}

#[tokio::test]
async fn identities_come_from_commands_and_files_know_those_of_peers() -> Result {
    async fn generate(node: ProcessContext) -> Result<Identity> {
        let key = node.command_of("sh").args(["-c", r#"echo "key of $0" | tee key"#, node.name()]).run().await?;
        assert_eq!(key, node.read("key").await?);
        Ok(Identity::new(key.trim()))
    }
    let kind = sleeper().identity(generate).file("conf/peers", |node| {
        let keys: Vec<_> = node.peers().iter().filter_map(|peer| Some(peer.identity()?.to_string())).collect();
        keys.join(",")
    });
    let net = cluster! { use kind; k[3]: clique }.start().await?;
    assert_eq!(net.k[0].identity(), Some(Identity::new("key of k.1")));
    assert_eq!(std::fs::read_to_string(net.k[0].dir()?.join("conf/peers"))?, "key of k.2,key of k.3");
    net.stop().await
}

#[tokio::test]
async fn a_command_that_fails_says_how() {
    let kind = sleeper().config(async |node: ProcessContext| {
        node.command_of("sh").args(["-c", "echo no disk >&2; exit 7"]).run().await.map(drop)
    });
    let node = Node::new(&kind, "n");
    let error = start(&node).await.expect_err("its configuration fails").to_string();
    assert!(error.contains("phase `config`"), "{error}");
    assert!(error.contains("exited with status 7: no disk"), "{error}");
    remove_files(&node);
}

#[tokio::test]
async fn an_identity_may_be_learned_once_the_program_runs() -> Result {
    let kind = script("echo $$ > number; touch ready; exec sleep 1000").ready(Ready::file("ready")).learned_identity(
        async |node: ProcessContext| Ok::<_, Error>(Identity::new(node.read("number").await?.trim())),
    );
    let node = Node::new(&kind, "n");
    let net = start(&node).await?;
    assert_eq!(node.identity().map(|identity| identity.to_string()), node.process_id().map(|id| id.to_string()));
    net.stop().await
}

#[tokio::test]
async fn connections_are_asked_for_until_all_are_there() -> Result {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let kind = sleeper().connections(move |node: ProcessContext| {
        let times = count.fetch_add(1, Ordering::Relaxed);
        async move {
            let peers = node.peers().into_iter().take(times);
            Ok::<_, Error>(peers.filter_map(|peer| peer.identity()).collect())
        }
    });
    let net = cluster! { use kind; k[3]: clique }.start().wait_connections(true).await?;
    assert!(asked.load(Ordering::Relaxed) > 2, "one answer does not do");
    assert_eq!(net.k[1].connections().await?.len(), 2);
    net.stop().await
}

#[tokio::test]
async fn a_program_can_be_started_again_in_its_directory() -> Result {
    let kind = script("echo run >> runs; touch ready; exec sleep 1000").ready(Ready::file("ready"));
    let node = Node::new(&kind, "n");
    for runs in 1..=3 {
        let net = start(&node).await?;
        assert_eq!(std::fs::read_to_string(node.dir()?.join("runs"))?.lines().count(), runs);
        net.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn no_more_programs_start_at_once_than_allowed() -> Result {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (started, seen) = (running.clone(), most.clone());
    let kind = sleeper()
        .config(move |_| {
            seen.fetch_max(1 + started.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
            async { Ok::<_, Error>(()) }
        })
        .ready(Ready::probe(move |node: ProcessContext| {
            let running = running.clone();
            async move {
                if !node.exists("seen").await {
                    node.write("seen", "").await?;
                    return Err(Error::other("let others come"));
                }
                running.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            }
        }));
    let nodes = create(&kind, "n", 12);
    start(&nodes).concurrency(3).await?.stop().await?;
    assert_eq!(most.load(Ordering::SeqCst), 3);
    Ok(())
}

#[tokio::test]
async fn nodes_that_wait_for_connections_take_no_slot() -> Result {
    let kind = sleeper().connections(async |node: ProcessContext| {
        let up = node.peers().into_iter().filter(|peer| std::net::TcpListener::bind(peer.addr()).is_ok());
        Ok::<_, Error>(up.filter_map(|peer| peer.identity()).collect())
    });
    let nodes = create(&kind, "n", 4);
    clique(&nodes);
    start(&nodes).wait_connections(true).concurrency(1).await?.stop().await
}

#[tokio::test]
async fn a_start_without_slots_is_refused() {
    let node = Node::new(&sleeper(), "n");
    let error = start(&node).concurrency(0).await.expect_err("nothing could start").to_string();
    assert!(error.contains("concurrency(0)"), "{error}");
}

#[tokio::test]
async fn what_a_program_cannot_do_is_refused_before_it_starts() {
    let kind = Process::new("sleep", |_, command| {
        command.arg(1000);
    });
    let nodes = create(&kind, "n", 2);
    clique(&nodes);
    let error = start(&nodes).wait_connections(true).await.expect_err("it can do neither").to_string();
    assert!(error.contains("private mode"), "{error}");
    assert!(error.contains("to whom they are connected"), "{error}");
}

#[tokio::test]
async fn a_timeout_says_what_is_expected_and_why_it_is_not_so() {
    let kind = sleeper().port("http").ready(Ready::http("http", "/health"));
    let node = Node::new(&kind, "n");
    let error = start(&node).timeout(Duration::from_millis(300)).await.expect_err("nobody listens");
    let report = cluster_tests::report(&error);
    assert!(report.contains("`GET /health` at its port `http` has not returned a status of success"), "{report}");
    assert!(report.contains("refused"), "{report}");
    assert!(report.contains("its files are in"), "{report}");
    remove_files(&node);
}
