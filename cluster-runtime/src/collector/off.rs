//! Without the feature `tracing` nothing is collected.

use std::sync::Arc;

use crate::journal::Log;

/// Stands for the collector.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collector(());

impl Collector {
    pub(crate) fn new() -> Self {
        Self(())
    }

    pub(crate) fn origin(&self, _: &Arc<Log>) -> Origin {
        Origin(())
    }
}

/// Stands for the origin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin(());

impl Origin {
    pub(crate) fn attach(&self) {}

    #[cfg(feature = "simulated")]
    pub(crate) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        work()
    }

    pub(crate) fn scope<F>(&self, future: F) -> F {
        future
    }
}

#[cfg(test)]
mod tests {
    use crate::{DefaultLevel, Error, Node, NodeContext, Service};

    #[tokio::test]
    async fn nothing_that_nodes_say_becomes_an_event() {
        let kind = Service::new(|node: NodeContext| async move {
            tracing::error!("said");
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        });
        let net = crate::start(Node::new(&kind, "n")).event_level(DefaultLevel::Debug).await.expect("it starts");
        net.stop().await.expect("it stops");
        let events: Vec<_> = net.journal().iter().map(ToString::to_string).collect();
        assert!(!events.is_empty() && events.iter().all(|event| !event.contains("said")), "{events:#?}");
    }
}
