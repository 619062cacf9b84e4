use std::any::Any;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use super::events::Events;
use crate::clock::Deadline;
use crate::error::{End, Error, Result};
use crate::event::Level;
use crate::kind::{ErasedKind, Isolation, Kind, Profile};
use crate::node::{Asking, Control, Faults, Identity, NodeContext, Peer, Run, Runner, State};
use crate::place::{Ability, Hosts};

/// A node of any kind: a cheap handle (one pointer), valid before, during and after its run.
///
/// # Examples
/// ```
/// # use cluster_runtime::{Result, cluster};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { a; b[2]: connect(a) }.start().await?;
/// let names: Vec<_> = net.nodes().iter().map(|node| node.name().to_owned()).collect();
/// assert_eq!(names, ["a", "b.1", "b.2"]);
/// # net.stop().await
/// # }
/// ```
#[derive(Clone)]
pub struct AnyNode(Arc<Inner>);

struct Inner {
    context: NodeContext,
    kind: RwLock<Kinded>,
}

/// What a node is, which a restart may change.
#[derive(Clone)]
struct Kinded {
    kind: Arc<dyn ErasedKind>,
    profile: Arc<Profile>,
}

impl AnyNode {
    pub(super) fn new<K: Kind>(kind: &K, name: &str, index: usize) -> Self {
        let profile = kind.profile();
        let hosts = if profile.localhost { Hosts::Localhost } else { Hosts::Own };
        let context = NodeContext::new(name, index, hosts, &profile.ports);
        context.state().set_control(profile.control);
        let kind = RwLock::new(Kinded { kind: Arc::new(kind.clone()), profile: Arc::new(profile) });
        let node = Self(Arc::new(Inner { context, kind }));
        let known = Arc::downgrade(&node.0);
        node.state().set_asking(move || known.upgrade().map(Self)?.ask_connections());
        node
    }

    /// Asks its kind for its connections, unless it reports each change.
    fn ask_connections(self) -> Option<Asking> {
        self.profile().connections_interval?;
        Some(Box::pin(async move {
            // One that does not answer is asked again.
            let _ = self.neighbours().await;
        }))
    }

    /// Returns the node's name: `center`, or `leaves.1` for the first of a group.
    pub fn name(&self) -> &str {
        self.0.context.name()
    }

    /// Returns the node's address, by which others reach it. It is had at the first call, then on loopback, or at the start, and then stays
    /// the same.
    pub fn addr(&self) -> SocketAddr {
        self.0.context.addr()
    }

    /// Returns the node's address with the port of this name, one of the [ports](crate::Profile::ports) of its kind.
    pub fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        self.state().spot().addr_of(port)
    }

    /// Returns the address by which clients in the test's process reach the port of this name; "" is that of [`addr`](Self::addr). On
    /// this machine it is the node's own. Elsewhere it is a port on loopback that carries each connection on, whatever faults are in
    /// force: a client is nobody's peer.
    ///
    /// # Errors
    /// When the node was never started, has no such port, or no port is left.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a }.start().await?;
    /// assert_eq!(net.a.reach("")?, net.a.addr());
    /// # net.stop().await
    /// # }
    /// ```
    pub fn reach(&self, port: &str) -> Result<SocketAddr> {
        let driver = self.context().driver()?;
        let addr = self.addr_of(port).ok_or_else(|| self.no_port(port))?;
        let unable = |error| Error::other(format!("no way to node `{}` could be opened: {error}", self.name()));
        self.state().reach(addr, &driver.background()).map_err(unable)
    }

    /// Returns the node's identity, once it is known: for most kinds, from the phase config on.
    pub fn identity(&self) -> Option<Identity> {
        self.0.context.identity()
    }

    /// Returns the node's declared peers, in the order of their creation.
    pub fn peers(&self) -> Vec<Peer> {
        self.0.context.peers()
    }

    /// Returns the events that the node reports, from the first one on, as a stream.
    pub fn events(&self) -> Events {
        Events::new(self.context().clone())
    }

    /// Returns the value that the running node has provided by [`NodeContext::provide`], if it is of this type.
    pub fn provided<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.state().lifecycle().provided()?.downcast().ok()
    }

    /// Returns the error for a wait on this node that has passed its deadline: [`Error::Timeout`], with the relevant lines of
    /// the node's log. `waiting_for` completes "node `a` is running: .. did not come within 30s".
    pub fn timed_out(&self, waiting_for: impl Into<String>, deadline: Deadline) -> Error {
        self.context().timed_out(waiting_for, deadline)
    }

    /// Returns the error for a wait on this node when the node has ended before: [`Error::Ended`].
    pub fn ended_before(&self, waiting_for: impl Into<String>) -> Error {
        Error::Ended {
            node: self.state().name().clone(),
            waiting_for: waiting_for.into(),
            // It may run again by now.
            end: self.state().lifecycle().last_end().unwrap_or(End::Killed),
            log: self.context().log_tail(),
            troubles: self.context().troubles_of_others(),
        }
    }

    /// Returns the error for a call that needs a running node: [`Error::NotRunning`]. `wanted` completes "node `a` cannot ..", as
    /// in "publish a message".
    pub fn not_running(&self, wanted: impl Into<String>) -> Error {
        Error::NotRunning {
            node: self.state().name().clone(),
            wanted: wanted.into(),
            state: self.state().lifecycle().state(),
        }
    }

    pub(crate) fn no_port(&self, port: &str) -> Error {
        Error::other(format!("node `{}` has no port `{port}`", self.name()))
    }

    fn not_paused(&self) -> Error {
        let state = self.state().lifecycle().state();
        Error::other(format!("node `{}` cannot be resumed: it {state}, and is not paused", self.name()))
    }

    pub(crate) fn context(&self) -> &NodeContext {
        &self.0.context
    }

    pub(crate) fn state(&self) -> &Arc<State> {
        self.0.context.state()
    }

    pub(crate) fn erased(&self) -> Arc<dyn ErasedKind> {
        self.kinded().kind
    }

    /// Gives it what a kind needs and it does not have: ports.
    ///
    /// # Errors
    /// When no port can be had, or the node is elsewhere than the kind needs it.
    pub(crate) fn provide_for(&self, kind: &dyn ErasedKind) -> Result {
        let (profile, spot) = (kind.profile(), self.state().spot());
        let ip = spot.addr().ip();
        if profile.localhost && ip.is_loopback() && ip != Ipv4Addr::LOCALHOST {
            return Err(Error::other(format!(
                "node `{}` cannot be restarted with a kind whose nodes are on 127.0.0.1: it keeps its address, {}\n\
                 help: give it a kind with `.localhost()` from the beginning",
                self.name(),
                spot.addr()
            )));
        }
        let is_relayed = self.context().links().all().iter().any(|link| link.relays().is_some());
        if is_relayed && let Some(port) = profile.ports.iter().find(|port| spot.addr_of(port).is_none()) {
            return Err(Error::other(format!(
                "node `{}` cannot be restarted with a kind that has the port `{port}`: its links have relays, and none for that port\n\
                 help: give it a kind with that port from the beginning",
                self.name()
            )));
        }
        self.check_control(&profile)?;
        spot.reserve(&profile.ports).map_err(|error| {
            Error::other(format!("no further port could be reserved for node `{}`: {error}", self.name()))
        })
    }

    /// # Errors
    /// When faults in force would not hold what it sends as this kind.
    fn check_control(&self, profile: &Profile) -> Result {
        let links = self.context().links().all();
        let faults = self.context().home().map(|home| home.faults());
        let has_fault = |faults: &Faults| links.iter().any(|link| link.relays().is_none() && faults.concern(link));
        let leaves_gates = self.state().control() == Control::Gates && profile.control != Control::Gates;
        if leaves_gates && faults.is_some_and(has_fault) {
            return Err(Error::other(format!(
                "node `{}` cannot be restarted with a kind that has sockets of its own: a fault of its links would not hold them\n\
                 help: heal it first, or start with `.link_control(true)` and this kind",
                self.name()
            )));
        }
        Ok(())
    }

    /// Gives it another kind, from its next run on.
    pub(crate) fn replace_kind(&self, kind: Box<dyn ErasedKind>) {
        let profile = Arc::new(kind.profile());
        self.state().set_control(profile.control);
        *self.0.kind.write().unwrap_or_else(PoisonError::into_inner) = Kinded { kind: kind.into(), profile };
    }

    /// Ends this run at once: what lives outside of the test's process by its kind, all else by dropping it.
    pub(crate) fn kill_run(&self, run: Run) {
        match self.profile().is_outside {
            true => self.context().ask_to_die(run),
            false => self.context().abort(run),
        }
    }

    /// Why it cannot be paused.
    pub(crate) fn unpausable(&self) -> Option<String> {
        if let Some(why) = self.profile().unpausable() {
            return Some(why.to_owned());
        }
        let place = self.context().home()?.place().filter(|place| !place.can(Ability::Pause))?;
        Some(format!("it runs {}, where nothing can be paused", place.name()))
    }

    /// Pauses it, and resolves when that is in force.
    ///
    /// # Errors
    /// When it does not run, or cannot be paused.
    pub(crate) async fn suspend(&self) -> Result {
        let run = self.state().lifecycle().present_run().ok_or_else(|| self.not_running("be paused"))?;
        if let Some(why) = self.unpausable() {
            return Err(Error::other(format!("node `{}` cannot be paused: {why}", self.name())));
        }
        match &*self.profile() {
            profile if profile.is_outside => self.erased().pause(self.context()).await?,
            Profile { isolation: Isolation::Own(_), .. } => self.pause_isolated().await?,
            _ => {
                // First, so that a resumption finds it whenever this future is dropped.
                self.context().set_paused(run);
                self.context().pause_tasks().await;
            }
        }
        if !self.context().set_paused(run) {
            return Err(self.not_running("be paused"));
        }
        self.context().event(Level::Notice, "node", "paused", Value::Null);
        Ok(())
    }

    /// Resumes it after a pause.
    ///
    /// # Errors
    /// When it is not paused.
    pub(crate) async fn unsuspend(&self) -> Result {
        if !self.state().lifecycle().is_paused() {
            return Err(self.not_paused());
        }
        self.resume_paused().await?;
        self.context().event(Level::Notice, "node", "resumed", Value::Null);
        Ok(())
    }

    /// Resumes it if it is paused.
    pub(crate) async fn resume_paused(&self) -> Result {
        if self.state().lifecycle().is_paused() {
            if self.profile().is_outside {
                self.erased().resume(self.context()).await?;
            }
            if let Some(isolated) = self.state().lifecycle().runner().as_ref().and_then(Runner::isolated) {
                isolated.resume().await;
            }
            self.context().set_resumed();
        }
        Ok(())
    }

    async fn pause_isolated(&self) -> Result {
        let runner = self.state().lifecycle().runner();
        let isolated = runner.as_ref().and_then(Runner::isolated).ok_or_else(|| self.not_running("be paused"))?;
        let paused = isolated.pause().await;
        paused.map_err(|why| Error::other(format!("node `{}` cannot be paused: {why}", self.name())))
    }

    fn kinded(&self) -> Kinded {
        self.0.kind.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn profile(&self) -> Arc<Profile> {
        self.kinded().profile
    }
}

impl fmt::Debug for AnyNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}({} at {}, {})",
            self.erased().type_name(),
            self.name(),
            self.addr(),
            self.state().lifecycle().state()
        )
    }
}
