use std::any::{Any, TypeId};
use std::future::Future;
use std::pin::Pin;

use super::kind::Kind;
use super::profile::Profile;
use super::short_name::short_name;
use crate::error::Result;
use crate::node::{Identity, NodeContext};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`Kind`] without its types, so that nodes of all kinds can be started together. Every call is made when its future is
/// polled, so that a panic in it is one of the future.
pub(crate) trait ErasedKind: Send + Sync + 'static {
    fn identity<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result>;
    fn config<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result>;
    fn run(&self, node: NodeContext) -> BoxFuture<'_, Result>;
    fn ready<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result>;
    fn connections<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result<Option<Vec<Identity>>>>;
    fn once<'a>(&'a self, nodes: &'a [NodeContext]) -> BoxFuture<'a, Result>;
    fn pause<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result>;
    fn resume<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result>;
    fn profile(&self) -> Profile;
    fn type_name(&self) -> &'static str;
    fn protocol(&self) -> TypeId;
    /// How its protocol is called.
    fn protocol_name(&self) -> &'static str;
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

    fn connections<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result<Option<Vec<Identity>>>> {
        Box::pin(async move { Kind::connections(self, node).await })
    }

    fn once<'a>(&'a self, nodes: &'a [NodeContext]) -> BoxFuture<'a, Result> {
        Box::pin(async move { Kind::once(self, nodes).await })
    }

    fn pause<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result> {
        Box::pin(async move { Kind::pause(self, node).await })
    }

    fn resume<'a>(&'a self, node: &'a NodeContext) -> BoxFuture<'a, Result> {
        Box::pin(async move { Kind::resume(self, node).await })
    }

    fn profile(&self) -> Profile {
        Kind::profile(self)
    }

    fn type_name(&self) -> &'static str {
        short_name::<K>()
    }

    fn protocol(&self) -> TypeId {
        TypeId::of::<K::Protocol>()
    }

    fn protocol_name(&self) -> &'static str {
        short_name::<K::Protocol>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
