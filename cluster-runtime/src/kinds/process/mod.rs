//! Nodes that are programs.
//!
//! A [`Process`] describes a program: its command line, the files that it needs, when it is [`Ready`], how it is asked for
//! its connections, and which [`Feature`]s it supports. Nodes of it are processes with a reserved address and
//! ports, a directory and a log of their own. A program that exits without being stopped ends the start or the wait with an
//! error. No program outlives its test, nor do its descendants, even if the test's process is killed.
//!
//! | to | use |
//! |---|---|
//! | describe a program | [`Process::new`], [`port`](Process::port), [`file`](Process::file), [`config`](Process::config), [`identity`](Process::identity) |
//! | know that it is ready | [`Process::ready`] with a [`Ready`] |
//! | know its connections | [`Process::connections`], or its output by [`Process::events`] |
//! | declare what it can do | [`Process::supports`], [`Process::does_not_support`] |
//! | add options or methods | a type of your own that implements [`ProcessKind`] |
//! | send it a signal, find its files | [`Node::signal`](crate::Node::signal), [`process_id`](crate::Node::process_id), [`dir`](crate::Node::dir) |
//!
//! # Examples
//! The guide [`describing`] goes through it step by step. A server of Debian's `python3`, with an HTTP probe:
//! ```no_run
//! use cluster_runtime::{Feature, Process, Ready, Result, cluster};
//!
//! fn files() -> Process {
//!     Process::new("python3", |node, command| {
//!         command.args(["-m", "http.server"]).arg(node.addr().port());
//!         command.arg("--bind").arg(node.addr().ip());
//!     })
//!     .file("index.html", |node| format!("<h1>{}</h1>", node.name()))
//!     .ready(Ready::http("", "/"))
//!     .supports(Feature::Private)
//!     .if_missing("`apt-get install python3`")
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! { use files(); servers[3] }.start().await?;
//! println!("http://{} is {:?}", net.servers[0].addr(), net.servers[0].process_id());
//! # net.stop().await
//! # }
//! ```

#[cfg(any(doc, doctest))]
#[doc = include_str!("../../../KINDS.md")]
pub mod describing {
    use super::Process;
}

mod ask;
mod command;
mod context;
mod events;
mod handle;
mod http;
mod kind;
mod life;
mod lines;
mod output;
mod ready;
mod wrap;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{BoxError, Error, Result};
use crate::feature::Feature;
use crate::kind::{Form, Speaks};
use crate::node::{Identity, Peer};

pub use crate::place::{Exit, Signal};
pub use command::Command;
pub use context::ProcessContext;
pub use events::Source;
pub use http::{Request, Response};
pub use kind::ProcessKind;
pub use ready::Ready;

use events::Listener;

/// How long a program has to end gracefully.
const GRACE: Duration = Duration::from_secs(5);
/// The default interval at which a program is asked for its connections while a start waits for them.
const CONNECTIONS_INTERVAL: Duration = Duration::from_millis(50);

/// The default protocol of programs.
#[derive(Debug)]
pub struct ProcessProtocol;

impl Speaks<ProcessProtocol> for ProcessProtocol {}

/// The description of a program: how a node gets its identity and files, how it is run, and when it is ready and connected.
///
/// The program runs in a directory of its own, and its output is in `output.log` there. Each line is also an event
/// `output` of level `Debug` in the section `process.stdout` or `process.stderr`, which
/// [`event_sections_levels`](crate::start::Start::event_sections_levels) shows. When the node ends, the program and all its
/// descendants are killed: those in its process group, and those that have left it but kept its environment. The directory is
/// removed with the last handle to the node, unless a report has named it or the test panics.
///
/// A program that exits without being stopped has died, whatever its status. By default a program supports neither
/// [private mode](Feature::Private), which is the default of a start, nor [one-way links in it](Feature::OneWayPrivate) nor
/// [levels of sections](Feature::EventSectionsLevels): a start that asks for them is refused unless the description
/// [`supports`](Self::supports) them.
///
/// # Examples
/// ```
/// use cluster_runtime::{Feature, Process, Ready, Result, cluster};
///
/// fn sleeper() -> Process {
///     Process::new("sh", |node, command| {
///         command.arg("-c").arg(format!("echo {} is awake; exec sleep 1000", node.name()));
///     })
///     .ready(Ready::log_line("is awake"))
///     .supports(Feature::Private)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { use sleeper(); beds[3] }.start().await?;
/// net.stop().await
/// # }
/// ```
pub struct Process<P = ProcessProtocol> {
    description: Arc<Description>,
    protocol: PhantomData<fn() -> P>,
}

type Call = dyn Fn(&ProcessContext, &mut Command) + Send + Sync;
type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;
type AsyncFunction<T> = Arc<dyn Fn(ProcessContext) -> BoxFuture<T> + Send + Sync>;
type Once = Arc<dyn Fn(Vec<ProcessContext>) -> BoxFuture<()> + Send + Sync>;
type Precedes = Arc<dyn Fn(&Peer) -> bool + Send + Sync>;
type Contents = Arc<dyn Fn(&ProcessContext) -> Vec<u8> + Send + Sync>;

#[derive(Clone)]
struct Description {
    program: String,
    command: Arc<Call>,
    ports: Vec<&'static str>,
    identity: Option<AsyncFunction<Identity>>,
    after: Option<Precedes>,
    config: Vec<AsyncFunction<()>>,
    files: Vec<(String, Contents)>,
    ready: Ready,
    learned_identity: Option<AsyncFunction<Identity>>,
    connections: Option<AsyncFunction<Vec<Identity>>>,
    connections_interval: Duration,
    once: Option<Once>,
    form: Option<Form>,
    listeners: Vec<Listener>,
    stop_signal: Signal,
    clean_exits: Vec<Exit>,
    grace: Duration,
    support: Vec<(Feature, bool)>,
    refusals: Vec<String>,
    if_missing: Option<String>,
    private: bool,
    own_host: bool,
    without_reuseaddr: bool,
    /// The innermost first.
    wrappers: Vec<(String, Vec<String>)>,
}

impl Process {
    /// Describes a program, by its path or its name in PATH. `command` adds arguments, and variables to the environment, which is
    /// that of the test.
    pub fn new(
        program: impl Into<String>,
        command: impl Fn(&ProcessContext, &mut Command) + Send + Sync + 'static,
    ) -> Self {
        let description = Description {
            program: program.into(),
            command: Arc::new(command),
            ports: Vec::new(),
            identity: None,
            after: None,
            config: Vec::new(),
            files: Vec::new(),
            ready: Ready::spawned(),
            learned_identity: None,
            connections: None,
            connections_interval: CONNECTIONS_INTERVAL,
            once: None,
            form: None,
            listeners: Vec::new(),
            stop_signal: Signal::Terminate,
            clean_exits: Vec::new(),
            grace: GRACE,
            support: Vec::new(),
            refusals: Vec::new(),
            if_missing: None,
            private: false,
            own_host: true,
            without_reuseaddr: false,
            wrappers: Vec::new(),
        };
        Self { description: Arc::new(description), protocol: PhantomData }
    }
}

impl<P> Process<P> {
    /// Sets its protocol: its nodes can be linked to nodes of any kind that speaks it.
    pub fn protocol<Q: Speaks<Q>>(self) -> Process<Q> {
        Process { description: self.description, protocol: PhantomData }
    }

    /// Adds a named port, in addition to that of the node's address. [`ProcessContext::port`] returns its number.
    pub fn port(self, name: &'static str) -> Self {
        self.with(|description| description.ports.push(name))
    }

    /// Sets the function that returns a node's identity before it is configured, so that the configuration of its peers may
    /// contain it. By default the identity is the node's name. It is called at each start; the directory is kept between them.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::process::ProcessContext;
    /// use cluster_runtime::{Identity, Process, Result};
    ///
    /// async fn generate(node: ProcessContext) -> Result<Identity> {
    ///     if !node.exists("key").await {
    ///         node.command().arg("--generate-key").arg(node.path("key")).run().await?;
    ///     }
    ///     Ok(Identity::new(node.read("key").await?.trim()))
    /// }
    ///
    /// let daemon = Process::new("daemon", |node, command| {
    ///     command.arg("--key").arg(node.path("key"));
    /// })
    /// .identity(generate);
    /// ```
    pub fn identity<F, R, E>(self, identity: F) -> Self
    where
        F: Fn(ProcessContext) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Identity, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.with(|description| description.identity = Some(boxed(identity)))
    }

    /// Sets the function that returns a node's identity once it is ready, for programs that create it when they run.
    pub fn learned_identity<F, R, E>(self, identity: F) -> Self
    where
        F: Fn(ProcessContext) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Identity, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.with(|description| description.learned_identity = Some(boxed(identity)))
    }

    /// Starts a node after some of its peers: it is configured when those that run are ready. With the option `concurrency` of
    /// the start, those have to be created before it.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::{Peer, Process};
    ///
    /// let daemon = Process::new("daemon", |_, _| {}).after(Peer::dial);
    /// ```
    pub fn after(self, precedes: impl Fn(&Peer) -> bool + Send + Sync + 'static) -> Self {
        self.with(|description| description.after = Some(Arc::new(precedes)))
    }

    /// Adds a file in the node's directory, written before the program is run. The identities of peers are known.
    pub fn file<T: Into<Vec<u8>>>(
        self,
        path: impl Into<String>,
        contents: impl Fn(&ProcessContext) -> T + Send + Sync + 'static,
    ) -> Self {
        let contents: Contents = Arc::new(move |node| contents(node).into());
        self.with(|description| description.files.push((path.into(), contents)))
    }

    /// Adds a function that is called before the program is run and after its files are written, for example to run commands.
    pub fn config<F, R, E>(self, config: F) -> Self
    where
        F: Fn(ProcessContext) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.with(|description| description.config.push(boxed(config)))
    }

    /// Sets when it is ready. By default it is ready as soon as it runs.
    pub fn ready(self, ready: Ready) -> Self {
        self.with(|description| description.ready = ready)
    }

    /// Sets the function that asks it for its connections: the identities to which it is connected, in any order, with or
    /// without duplicates.
    ///
    /// A program that writes when its links change needs no such function: call
    /// [`connected`](crate::NodeContext::connected) in [`events`](Self::events), and add `supports(Feature::Connections)`.
    pub fn connections<F, R, E>(self, connections: F) -> Self
    where
        F: Fn(ProcessContext) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Vec<Identity>, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.with(|description| description.connections = Some(boxed(connections)))
    }

    /// Sets the interval at which it is asked for its connections while a start waits for them; 50 ms by default.
    pub fn connections_interval(self, interval: Duration) -> Self {
        self.with(|description| description.connections_interval = interval)
    }

    /// Sets a step that the nodes of a start take together when all of them are ready, and before it is waited for their
    /// connections: for daemons that run alone until they are made one cluster. It is called once in each start, with all
    /// nodes of its protocol in the order of their creation, and not when nodes are restarted or added.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::process::ProcessContext;
    /// use cluster_runtime::{Process, Result};
    ///
    /// async fn join(nodes: Vec<ProcessContext>) -> Result {
    ///     let addresses = nodes.iter().map(|node| node.addr().to_string());
    ///     nodes[0].command_of("redis-cli").args(["--cluster-yes", "--cluster", "create"]).args(addresses).run().await?;
    ///     Ok(())
    /// }
    ///
    /// let daemon = Process::new("redis-server", |node, command| {
    ///     command.arg("--cluster-enabled").arg("yes").arg("--port").arg(node.addr().port());
    /// })
    /// .once(join);
    /// ```
    pub fn once<F, R, E>(self, once: F) -> Self
    where
        F: Fn(Vec<ProcessContext>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let once = Arc::new(once);
        let once: Once = Arc::new(move |nodes| {
            let once = once.clone();
            Box::pin(async move { once(nodes).await.map_err(Error::other) })
        });
        self.with(|description| description.once = Some(once))
    }

    /// Declares which networks its nodes can form. A start of others is refused, with the reason.
    pub fn forms(self, form: Form) -> Self {
        self.with(|description| description.form = Some(form))
    }

    /// Runs it by `stdbuf`, so that it writes each line at once. The C library keeps lines that go to a pipe until they are some
    /// thousand bytes. Programs that do not use its streams, such as those in Go and Rust and static ones, are not changed by it:
    /// where one writes at once to a terminal only, `.wrapped_by("unbuffer", &[])` gives it one (Debian's package `expect`).
    pub fn unbuffered(self) -> Self {
        self.wrapped_by("stdbuf", &["-oL", "-eL"])
    }

    /// Runs it by another program, which gets these arguments, then the path of the program and its arguments, and should become
    /// it (`exec`). Commands of [`ProcessContext::command`] are not run by it. The last one that is added runs the others.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::Process;
    ///
    /// // It refuses to run as root. Its directory has to be one that this user may enter.
    /// let daemon = Process::new("daemon", |_, _| {}).wrapped_by("setpriv", &["--reuid=nobody", "--clear-groups"]);
    /// ```
    pub fn wrapped_by(self, program: impl Into<String>, arguments: &[&str]) -> Self {
        let wrapper = (program.into(), arguments.iter().map(ToString::to_string).collect());
        self.with(|description| description.wrappers.push(wrapper))
    }

    /// Adds a function that is called for each line of an output and reports what it means, for example by
    /// [`event`](crate::NodeContext::event). If it returns `false` the line is reported as output. A line of more than 1 MiB is
    /// not passed to it but reported as an event `line_too_long`. It must not block: it is called on a thread that the programs
    /// of the cluster share.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::process::Source;
    /// use cluster_runtime::{Level, Process};
    /// use serde_json::json;
    ///
    /// let daemon = Process::new("daemon", |_, _| {}).events(Source::stderr(), |node, line| {
    ///     let Some(height) = line.strip_prefix("new block ") else { return false };
    ///     node.event(Level::Info, "chain", "block", json!({ "height": height }));
    ///     true
    /// });
    /// ```
    pub fn events(self, source: Source, take: impl Fn(&ProcessContext, &str) -> bool + Send + Sync + 'static) -> Self {
        self.with(|description| description.listeners.push(Listener { source, take: Arc::new(take) }))
    }

    /// Reports each line of an output that is a JSON object as an event: `event` is its name; `level` (`info` by default),
    /// `section` (`process` by default) and `value` are optional.
    pub fn json_events(self, source: Source) -> Self {
        self.events(source, events::take_json)
    }

    /// Sets the signal that asks it to end; [`Signal::Terminate`] by default.
    pub fn stop_signal(self, signal: Signal) -> Self {
        self.with(|description| description.stop_signal = signal)
    }

    /// Adds an exit that is a success after it was asked to end, in addition to status 0 and the signal that asked.
    pub fn clean_exit(self, exit: Exit) -> Self {
        self.with(|description| description.clean_exits.push(exit))
    }

    /// Sets how long it has to end gracefully before it is killed; 5 s by default.
    pub fn grace(self, grace: Duration) -> Self {
        self.with(|description| description.grace = grace)
    }

    /// Declares that its nodes support a feature.
    pub fn supports(self, feature: Feature) -> Self {
        self.with(|description| description.support.push((feature, true)))
    }

    /// Declares that its nodes do not support a feature: a start that asks for it is refused.
    pub fn does_not_support(self, feature: Feature) -> Self {
        self.with(|description| description.support.push((feature, false)))
    }

    /// Sets the help of the refusal if the program is missing, for example how to install it.
    pub fn if_missing(self, help: impl Into<String>) -> Self {
        self.with(|description| description.if_missing = Some(help.into()))
    }

    /// Refuses every start of its nodes with this reason, which should say what to do.
    pub fn refuse(self, why: impl Into<String>) -> Self {
        self.with(|description| description.refusals.push(why.into()))
    }

    /// Sets whether its nodes stay private in a public cluster. By default they do not.
    pub fn private(self, private: bool) -> Self {
        self.with(|description| description.private = private)
    }

    /// Puts all its nodes on 127.0.0.1, with ports of their own. By default each has an address of its own on loopback. As
    /// connections still come from 127.0.0.1, use this for programs that identify peers by their source address.
    pub fn localhost(self) -> Self {
        self.with(|description| description.own_host = false)
    }

    /// Releases its ports just before it is run, for a server that does not set SO_REUSEADDR. Another process might take one of
    /// them in between.
    pub fn without_reuseaddr(self) -> Self {
        self.with(|description| description.without_reuseaddr = true)
    }

    fn with(mut self, change: impl FnOnce(&mut Description)) -> Self {
        change(Arc::make_mut(&mut self.description));
        self
    }
}

/// Calls the function when the future is first polled, so that a panic in the function is one of the future.
fn boxed<T, F, R, E>(function: F) -> AsyncFunction<T>
where
    F: Fn(ProcessContext) -> R + Send + Sync + 'static,
    R: Future<Output = Result<T, E>> + Send + 'static,
    E: Into<BoxError>,
{
    let function = Arc::new(function);
    Arc::new(move |node| {
        let function = function.clone();
        Box::pin(async move { function(node).await.map_err(Error::other) })
    })
}

impl<P> Clone for Process<P> {
    fn clone(&self) -> Self {
        Self { description: self.description.clone(), protocol: PhantomData }
    }
}

impl<P> fmt::Debug for Process<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("program", &self.description.program).finish_non_exhaustive()
    }
}
