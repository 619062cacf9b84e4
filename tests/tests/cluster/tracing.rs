//! What the code of nodes says through `tracing`: it becomes their events, and still reaches the test's own subscriber.

use std::fmt::Debug;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use cluster_runtime::event::Event;
use cluster_runtime::kinds::Provide;
use cluster_runtime::{DefaultLevel, Error, Level, Loopback, Node, NodeContext, Result, Service, cluster, start};
use serde_json::json;
use tokio::sync::Barrier;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::set_default;
use tracing::{Instrument, Subscriber, debug, error, info, info_span, trace, warn};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// The section of what this file says.
const HERE: &str = "cluster.tracing";

/// Code that knows nothing of nodes.
mod library {
    pub(super) const SECTION: &str = "cluster.tracing.library";

    pub(super) fn open(path: &str) {
        tracing::debug!(path, "opened");
    }

    pub(super) fn read(times: usize) {
        (0..times).for_each(|time| tracing::debug!(time, "read"));
    }
}

/// A service that does this, and then is ready.
fn service<F: Future<Output = ()> + Send + 'static>(
    work: impl Fn(NodeContext) -> F + Send + Sync + 'static,
) -> Service {
    Service::new(move |node: NodeContext| {
        let working = work(node.clone());
        async move {
            working.await;
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        }
    })
}

/// What a node has said here and in the library, from its journal: also what is hidden.
fn said(net: &cluster_runtime::Cluster, node: &str) -> Vec<String> {
    let is_its = |event: &&Arc<Event>| &*event.node == node && event.section.starts_with(HERE);
    net.journal().iter().filter(is_its).map(|event| event.name.to_string()).collect()
}

/// The event of this name of a node.
async fn event<K>(node: &Node<K>, name: &str) -> Result<Event>
where
    K: cluster_runtime::Kind,
{
    node.wait_for_event(name, |event| Some(event.clone())).await
}

#[tokio::test]
async fn an_event_has_the_level_the_target_and_the_fields_of_what_was_said() -> Result {
    let talk = |_| async {
        trace!(target: "talk::of::all", "traced");
        debug!(target: "talk::of::all", "debugged");
        info!(target: "talk::of::all", term = 7, leader = "k.1", ratio = 0.5, is_new = true, peer = ?Some(2), "elected");
        warn!(target: "talk", "warned of {}", "something");
        error!(target: "talk", error = &std::io::Error::other("broken") as &dyn std::error::Error, "failed");
    };
    let net = cluster! { n = service(talk) }.start().event_level(DefaultLevel::Debug).await?;
    let line = |event: Event| format!("{} {} {} {}", event.level, event.section, event.name, event.value);
    let mut lines = Vec::new();
    for name in ["traced", "debugged", "elected", "warned of something", "failed"] {
        lines.push(line(event(&net.n, name).await?));
    }
    assert_eq!(
        lines,
        [
            "debug talk.of.all traced null",
            "debug talk.of.all debugged null",
            r#"info talk.of.all elected {"is_new":true,"leader":"k.1","peer":"Some(2)","ratio":0.5,"term":7}"#,
            "warning talk warned of something null",
            r#"error talk failed {"error":"broken"}"#,
        ]
    );
    net.stop().await
}

#[tokio::test]
async fn an_event_is_called_as_the_code_calls_it_or_by_its_message_or_its_place() -> Result {
    let long = "x".repeat(100);
    let text = long.clone();
    let talk = move |_| {
        let text = text.clone();
        async move {
            info!(name: "dialled", peer = 1, "connected to {}", 1);
            info!("{text}");
            info!("two\nlines");
            info!(only = "a field");
        }
    };
    let net = cluster! { n = service(talk) }.start().await?;
    assert_eq!(event(&net.n, "dialled").await?.value, json!({ "peer": 1, "message": "connected to 1" }));
    assert_eq!(event(&net.n, &long[..80]).await?.value, json!({ "message": long }));
    assert_eq!(event(&net.n, "two").await?.value, json!({ "message": "two\nlines" }));
    let journal = net.journal();
    let unnamed = journal.iter().find(|event| event.value == json!({ "only": "a field" })).expect("it was said");
    assert!(unnamed.name.starts_with("event tests/tests/cluster/tracing.rs:"), "{unnamed}");
    net.stop().await
}

#[tokio::test]
async fn what_spawned_tasks_and_blocking_calls_say_is_of_their_node() -> Result {
    let talk = |node: NodeContext| async move {
        let name = node.name().to_owned();
        let [task, call, own] = ["task", "call", "own"].map(|what| format!("{what} of {name}"));
        let spawned = tokio::spawn(async move {
            tokio::task::yield_now().await;
            info!("{task}");
            tokio::spawn(async { info!("task of a task") }).await.expect("it does not panic");
        });
        spawned.await.expect("it does not panic");
        tokio::task::spawn_blocking(move || info!("{call}")).await.expect("it does not panic");
        node.spawn(async move { info!("{own}") });
        tokio::task::yield_now().await;
    };
    let net = cluster! { k[4] = service(talk) }.start().await?;
    for node in &net.k {
        let name = node.name();
        event(node, &format!("own of {name}")).await?;
        let expected = [format!("task of {name}"), "task of a task".to_owned(), format!("call of {name}")];
        assert_eq!(said(&net, name)[..3], expected);
    }
    net.stop().await
}

#[tokio::test]
async fn what_workers_say_is_of_their_node() -> Result {
    let talk = |node: NodeContext| async move {
        let name = node.name().to_owned();
        let blocking = tokio::spawn(async move {
            info!("worker of {name}");
            tokio::task::block_in_place(|| info!("in place"));
            tokio::task::yield_now().await;
            info!("after it");
        });
        blocking.await.expect("it does not panic");
    };
    let workers = NonZeroUsize::new(2).expect("it is not zero");
    let net = cluster! { k[2] = service(talk).worker_threads(workers) }.start().await?;
    for node in &net.k {
        assert_eq!(said(&net, node.name()), [&format!("worker of {}", node.name()), "in place", "after it"]);
    }
    net.stop().await
}

#[tokio::test]
async fn the_levels_of_sections_hold_for_libraries() -> Result {
    let talk = |_| async {
        library::open("/db");
        debug!("details");
    };
    let net = cluster! { n = service(talk) }
        .start()
        .event_level(DefaultLevel::Notice)
        .event_sections_levels([(library::SECTION, Level::Debug)])
        .await?;
    assert_eq!(event(&net.n, "opened").await?.value, json!({ "path": "/db" }));
    let error = net.n.wait_for("details", |_| Some(())).await.expect_err("it is hidden");
    let hidden = matches!(error, Error::Hidden { level: Level::Debug, ref section, .. } if section == HERE);
    assert!(hidden, "{error:?}");
    net.stop().await
}

#[tokio::test]
async fn nodes_at_different_levels_do_not_filter_each_other() -> Result {
    async fn talk(_: NodeContext) {
        (0..3).for_each(|round| trace!(round, "traced"));
    }
    let [quiet, loud, last] = ["quiet", "loud", "last"].map(|name| Node::new(&service(talk), name));
    let shown = async |node: &Node<Service>| -> Result<usize> {
        let mut events = node.events();
        let mut count = 0;
        while let Some(event) = events.next().await? {
            count += usize::from(event.section == HERE);
        }
        Ok(count)
    };
    let quiet_net = start(&quiet).await?;
    let loud_net = start(&loud).event_level(DefaultLevel::Debug).await?;
    let last_net = start(&last).await?;
    for net in [&quiet_net, &loud_net, &last_net] {
        net.stop().await?;
    }
    assert_eq!([shown(&quiet).await?, shown(&loud).await?, shown(&last).await?], [0, 3, 0]);
    Ok(())
}

#[tokio::test]
async fn another_run_has_levels_of_its_own() -> Result {
    let node = Node::new(&service(|_| async { debug!("details") }), "n");
    let net = start(&node).await?;
    node.wait_for("details", |_| Some(())).await.expect_err("it is hidden");
    net.stop().await?;
    let net = start(&node).event_level(DefaultLevel::Debug).await?;
    event(&node, "details").await?;
    node.restart().await?;
    event(&node, "details").await?;
    net.stop().await
}

#[tokio::test]
async fn of_what_the_levels_hide_the_first_of_each_place_is_kept() -> Result {
    let talk = |_| async {
        library::read(1000);
        library::open("/db");
    };
    let net = cluster! { n = service(talk) }.start().await?;
    assert_eq!(said(&net, "n"), ["read", "opened"]);
    net.stop().await
}

#[tokio::test]
async fn a_report_shows_what_was_said() {
    let net = cluster! {
        n = Service::new(|_: NodeContext| async {
            warn!(free = 0, "the disk is full");
            Err::<(), _>("no space")
        });
    };
    let error = net.start().await.expect_err("it fails");
    let report = cluster_tests::report(&error);
    assert!(report.contains("\n  warning cluster.tracing the disk is full {\"free\":0}"), "{report}");
}

/// Two nodes that take turns on one thread, each in its run and in a task that it has spawned.
#[tokio::test]
async fn nodes_that_share_a_runtime_are_told_apart() -> Result {
    let turns = Arc::new(Barrier::new(4));
    let talk = move |node: NodeContext| {
        let turns = turns.clone();
        async move {
            let say = |what: &'static str| {
                let (turns, name) = (turns.clone(), node.name().to_owned());
                async move {
                    for turn in 0..3 {
                        info!("{what} of {name}: {turn}");
                        turns.wait().await;
                    }
                }
            };
            node.spawn(say("task"));
            say("run").await;
        }
    };
    let net = cluster! { k[2] = service(talk).shared() }.start().await?;
    for node in &net.k {
        let name = node.name();
        event(node, &format!("task of {name}: 2")).await?;
        let mut all = said(&net, name);
        all.sort_unstable();
        let expected = ["run", "task"].map(|what| [0, 1, 2].map(|turn| format!("{what} of {name}: {turn}")));
        assert_eq!(all, expected.concat());
    }
    net.stop().await
}

#[tokio::test]
async fn what_the_test_says_is_of_no_node() -> Result {
    let net = cluster! { isolated = service(|_| async {}); shared = service(|_| async {}).shared() }.start().await?;
    info!("by the test");
    tokio::spawn(async { info!("by the test") }).await.expect("it does not panic");
    net.stop().await?;
    assert_eq!([said(&net, "isolated"), said(&net, "shared")], [[""; 0]; 2]);
    Ok(())
}

#[tokio::test]
async fn what_a_call_on_a_handle_says_is_of_its_node() -> Result {
    let provider = || {
        Service::providing(|node: NodeContext, handle: Provide<u32>| async move {
            handle.set(7);
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        })
    };
    let net = cluster! { isolated = provider(); shared = provider().shared() }.start().await?;
    for node in [&net.isolated, &net.shared] {
        let called = node.call(|number| async move {
            info!(number = *number, "called");
            tokio::task::yield_now().await;
            info!("after a pause");
            Ok::<_, Error>(())
        });
        called.await?;
        assert_eq!(said(&net, node.name()), ["called", "after a pause"]);
    }
    net.stop().await
}

/// What a subscriber hears: of each event the spans around it, its target, level and fields.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 += &format!(" {field}={value:?}");
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Heard {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let span = context.span(id).expect("it is new");
        span.extensions_mut().insert(fields);
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let mut line = String::new();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            let fields = span.extensions().get::<Fields>().map(|fields| fields.0.clone()).unwrap_or_default();
            line += &format!("{}{fields} > ", span.name());
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        line += &format!("{} {}{}", event.metadata().target(), event.metadata().level(), fields.0);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

#[tokio::test]
async fn the_subscriber_of_the_test_hears_nodes_too_with_their_spans() -> Result {
    let heard = Heard::default();
    let layer = heard.clone().with_filter(LevelFilter::DEBUG);
    let _guard = set_default(Registry::default().with(layer).with(Heard::default().with_filter(LevelFilter::OFF)));
    let talk = |node: NodeContext| async move {
        let span = info_span!("serve", node = node.name());
        let work = async {
            info!("first");
            tokio::spawn(async { debug!("inside") }.in_current_span()).await.expect("it does not panic");
            trace!("below the filter");
        };
        work.instrument(span).await;
        info!("outside");
    };
    let net = cluster! { isolated = service(talk) }.start().await?;
    net.stop().await?;
    let net = cluster! { shared = service(talk).shared() }.start().await?;
    net.stop().await?;
    let expected = ["isolated", "shared"].map(|node| {
        [
            format!("serve node={node:?} > cluster::tracing INFO message=first"),
            format!("serve node={node:?} > cluster::tracing DEBUG message=inside"),
            "cluster::tracing INFO message=outside".to_owned(),
        ]
    });
    assert_eq!(heard.lines(), expected.concat());
    Ok(())
}

#[tokio::test]
async fn the_subscriber_of_the_test_hears_the_events_of_the_cluster_if_asked_to() -> Result {
    let heard = Heard::default();
    let _guard = set_default(Registry::default().with(heard.clone().with_filter(filter_fn(|metadata| {
        metadata.target() == "cluster" || metadata.target().starts_with("cluster::")
    }))));
    let talk = |node: NodeContext| async move {
        info!("said");
        node.event(Level::Error, "db", "broken", json!({ "table": 3 }));
    };
    let net = cluster! { n = service(talk) }.start().event_level(DefaultLevel::Notice).forward_events(true).await?;
    net.stop().await?;
    let lines = heard.lines();
    let of_events: Vec<_> = lines.iter().filter(|line| !line.contains("section=\"cluster.")).collect();
    assert_eq!(
        of_events,
        [
            "cluster::tracing INFO message=said",
            r#"cluster ERROR node="n" section="db" name="broken" value={"table":3}"#,
            r#"cluster INFO node="n" section="node" name="ready" value=null"#,
            r#"cluster INFO node="n" section="node" name="ended" value=null"#,
        ]
    );
    let phase = r#"cluster DEBUG node="n" section="cluster.phase" name="run" value=null"#;
    assert!(lines.iter().any(|line| line == phase), "{lines:?}");
    Ok(())
}

#[tokio::test]
async fn the_events_of_the_cluster_are_its_own_unless_asked_for() -> Result {
    let heard = Heard::default();
    let _guard = set_default(Registry::default().with(heard.clone()));
    let net = cluster! { k[2] = Loopback::new(): clique }.start().wait_connections(true).await?;
    net.stop().await?;
    let lines = heard.lines();
    assert!(lines.iter().all(|line| !line.starts_with("cluster ")), "{lines:?}");
    Ok(())
}

#[tokio::test]
async fn events_cannot_be_sent_to_a_subscriber_that_is_not_there() {
    let error = cluster! { n = service(|_| async {}) }.start().forward_events(true).await.expect_err("there is none");
    assert_eq!(
        error.to_string(),
        "the start was refused: events cannot be sent to a subscriber: the test has none\n\
         help: install one before the start, or leave out `.forward_events(true)`"
    );
}
