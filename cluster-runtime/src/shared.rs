//! A network that all tests of a program share.
//!
//! A network that is slow to start is started once, by the first test that asks for it, and serves all tests of the program:
//! it belongs in a `static`. Each `#[tokio::test]` has a runtime of its own, which ends with the test; so a [`Shared`] network
//! has its own, which lasts as long as the process. When that ends its nodes end with it: those of the test's process, and
//! programs, in whatever way it ends.
//!
//! The tests that cargo runs are the threads of one process, and share the network. `cargo nextest` runs each test in a process
//! of its own: there each test starts a network of its own, on other ports.
//!
//! # Examples
//! ```
//! use cluster_runtime::shared::Shared;
//! use cluster_runtime::{Result, cluster};
//!
//! cluster! {
//!     /// The network of all tests.
//!     pub struct Net;
//!     center;
//!     leaves[5]: star(center);
//! }
//!
//! static NET: Shared<Net> =
//!     Shared::new(|| Net::create().start().wait_connections(true)).reset(|net| {
//!         Box::pin(async move {
//!             net.restart(&net.leaves).wait_connections(true).await
//!         })
//!     });
//!
//! # /*
//! #[tokio::test]
//! # */
//! async fn a_leaf_is_lost() -> Result {
//!     let net = NET.lock().await?; // no other test has it now
//!     net.leaves[0].kill().await
//! }
//!
//! # /*
//! #[tokio::test]
//! # */
//! async fn all_leaves_are_there() -> Result {
//!     let net = NET.lock().await?; // the leaf is there again
//!     assert_eq!(net.center.connections().await?.len(), 5);
//!     Ok(())
//! }
//! # fn main() -> Result {
//! #     let test = || tokio::runtime::Builder::new_current_thread().enable_all().build();
//! #     test()?.block_on(a_leaf_is_lost())?;
//! #     test()?.block_on(all_leaves_are_there())
//! # }
//! ```

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Mutex as Cell};
use std::thread;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, OnceCell, oneshot};

use crate::error::{Error, Result};
use crate::kind::short_name;
use crate::lock::lock;
use crate::start::{Cluster, Start, lend, take_back};
use crate::wait::{Deadline, Wait};

/// How long a test waits for the start and for the tests that have the network before it.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(300);

/// What brings a shared network back into the state in which a test expects it.
pub type Reset<'a> = Pin<Box<dyn Future<Output = Result> + Send + 'a>>;

/// A network in a `static`, which is started on first use. See the [module](self).
pub struct Shared<C> {
    start: fn() -> Start<C>,
    reset: Option<fn(&C) -> Reset<'_>>,
    started: OnceCell<Result<C, Arc<Error>>>,
    /// The test that used it last.
    used: Mutex<Option<String>>,
    /// The test that has it to itself, or had it last.
    holder: Cell<String>,
}

impl<C> Shared<C> {
    /// A network that this function starts.
    pub const fn new(start: fn() -> Start<C>) -> Self {
        Self {
            start,
            reset: None,
            started: OnceCell::const_new(),
            used: Mutex::const_new(None),
            holder: Cell::new(String::new()),
        }
    }

    /// Sets what [`lock`](Self::lock) does between two tests.
    pub const fn reset(mut self, reset: fn(&C) -> Reset<'_>) -> Self {
        self.reset = Some(reset);
        self
    }
}

impl<C: AsRef<Cluster> + Send + Sync + 'static> Shared<C> {
    /// Returns the network, for tests that use it at the same time. It is not reset, and a test that has
    /// [locked](Self::lock) it is not waited for.
    ///
    /// # Errors
    /// That of the start, in every test; when it has not ended within 5 minutes (or [`timeout`](Wait::timeout)).
    pub fn get(&self) -> Wait<'_, &C> {
        Wait::new(move |deadline| self.started(deadline)).timeout(QUEUE_TIMEOUT)
    }

    /// Waits until no other test has locked the network, resets it if one has before, and returns it. It is locked until
    /// the value is dropped. In a panic, and after a wait that has failed, what is wrong is told then, as [of a cluster that is
    /// dropped](crate::error#when-a-test-fails).
    ///
    /// # Errors
    /// That of the start, in every test; [`Error::Reset`] when its reset fails, and then the next test resets it again; when it
    /// cannot be had within 5 minutes (or [`timeout`](Wait::timeout)), with the test that has it.
    pub fn lock(&self) -> Wait<'_, Locked<'_, C>> {
        Wait::new(move |deadline| async move {
            let cluster = self.started(deadline).await?;
            let Some(mut used) = deadline.bound(self.used.lock()).await else {
                return Err(not_had(format!("{} has it", self.holder()), deadline));
            };
            *self.holder() = name_of_test();
            if let (Some(after), Some(reset)) = (&*used, self.reset) {
                let reset = deadline.bound(reset(cluster)).await;
                let reset = reset.unwrap_or_else(|| Err(not_had("its reset has not ended".to_owned(), deadline)));
                reset.map_err(|source| not_reset::<C>(after.clone(), source))?;
            }
            *used = Some(name_of_test());
            lend(cluster.as_ref());
            Ok(Locked { cluster, take_back: |cluster| take_back(cluster.as_ref()), _used: used })
        })
        .timeout(QUEUE_TIMEOUT)
    }

    async fn started(&self, deadline: Deadline) -> Result<&C> {
        match deadline.bound(self.started.get_or_init(|| start_apart(self.start))).await {
            Some(started) => started.as_ref().map_err(|error| Error::Shared(error.clone())),
            None => Err(not_had("its start has not ended".to_owned(), deadline)),
        }
    }

    fn holder(&self) -> std::sync::MutexGuard<'_, String> {
        lock(&self.holder)
    }
}

/// Starts the network on a thread of its own, so that it does not depend on the runtime of the test that happens to be first.
async fn start_apart<C: AsRef<Cluster> + Send + 'static>(start: fn() -> Start<C>) -> Result<C, Arc<Error>> {
    let (sender, started) = oneshot::channel();
    let thread = thread::Builder::new().name("cluster-shared".to_owned()).spawn(move || {
        // Nobody takes it if the test was ended; then it is dropped, and the next test starts another.
        let _ = sender.send(start().blocking());
    });
    thread.map_err(Error::from)?;
    let started = started.await.unwrap_or_else(|_| Err(Error::other("the function that starts it panicked")));
    Ok(started?)
}

fn not_had(last: String, deadline: Deadline) -> Error {
    let missed = "the shared network could not be had".to_owned();
    Error::NotReached { missed, last, timeout: deadline.total(), troubles: Box::default() }
}

fn not_reset<C>(after: String, source: Error) -> Error {
    Error::Reset { network: short_name::<C>(), after, source: source.into() }
}

/// The harness gives the thread of a test its name.
fn name_of_test() -> String {
    thread::current().name().map_or("another test".to_owned(), |name| format!("test `{name}`"))
}

/// A shared network that one test has to itself, until this is dropped.
#[must_use = "the network is locked as long as this value lives: bind it to a name"]
pub struct Locked<'a, C> {
    cluster: &'a C,
    take_back: fn(&C),
    _used: MutexGuard<'a, Option<String>>,
}

impl<C> Drop for Locked<'_, C> {
    fn drop(&mut self) {
        (self.take_back)(self.cluster);
    }
}

impl<C> Deref for Locked<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.cluster
    }
}

impl<C: fmt::Debug> fmt::Debug for Locked<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Locked").field(self.cluster).finish()
    }
}

impl<C: fmt::Debug> fmt::Debug for Shared<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("started", &self.started.get()).finish_non_exhaustive()
    }
}
