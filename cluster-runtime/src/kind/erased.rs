use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::error::Result;
use crate::kind::{Feature, Kind};
use crate::node::{Identity, NodeContext};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`Kind`] without its types, so that nodes of all kinds can be started together. Every call is made when its future is
/// polled, so that a panic in it is one of the future.
pub(crate) trait ErasedKind: Send + Sync + 'static {
    fn identity<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result>;
    fn config<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result>;
    fn run(&self, node: NodeContext) -> BoxFuture<'_, Result>;
    fn ready<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result>;
    fn connections<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result<Vec<Identity>>>;
    fn connections_interval(&self) -> Option<Duration>;
    fn grace(&self) -> Duration;
    fn supports(&self, feature: Feature) -> bool;
    fn private(&self) -> bool;
    fn faults(&self) -> Vec<String>;
    fn descriptors(&self, peers: usize) -> usize;
    fn type_name(&self) -> &'static str;
    fn as_any(&self) -> &dyn Any;
}

impl<K: Kind> ErasedKind for K {
    fn identity<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result> {
        Box::pin(async move { Kind::identity(self, node).await })
    }

    fn config<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result> {
        Box::pin(async move { Kind::config(self, node).await })
    }

    fn run(&self, node: NodeContext) -> BoxFuture<'_, Result> {
        Box::pin(async move { Kind::run(self, node).await })
    }

    fn ready<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result> {
        Box::pin(async move { Kind::ready(self, node).await })
    }

    fn connections<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result<Vec<Identity>>> {
        Box::pin(async move { Kind::connections(self, node).await })
    }

    fn connections_interval(&self) -> Option<Duration> {
        Kind::connections_interval(self)
    }

    fn grace(&self) -> Duration {
        Kind::grace(self)
    }

    fn supports(&self, feature: Feature) -> bool {
        Kind::supports(self, feature)
    }

    fn private(&self) -> bool {
        Kind::private(self)
    }

    fn faults(&self) -> Vec<String> {
        Kind::faults(self)
    }

    fn descriptors(&self, peers: usize) -> usize {
        Kind::descriptors(self, peers)
    }

    fn type_name(&self) -> &'static str {
        let full = std::any::type_name::<K>();
        let path = full.split('<').next().unwrap_or(full);
        path.rsplit("::").next().unwrap_or(path)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
