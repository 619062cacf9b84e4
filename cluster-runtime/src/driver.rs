//! Threads with a runtime for a cluster: a test that blocks its own threads delays nothing that runs here.

use std::future::Future;
use std::io;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, EnterGuard, Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinSet};

/// The number of threads for blocking work.
const BLOCKING: usize = 2;

/// One type for all tasks: for each type of future, rustc makes all that tokio does with one.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A thread with a runtime. It ends when its last handle is dropped; a task holds one for as long as it runs.
#[derive(Clone, Debug)]
pub struct Driver {
    runtime: Handle,
    _alive: Arc<oneshot::Sender<()>>,
}

impl Driver {
    /// Starts the thread. Its output is captured with that of the calling thread.
    pub(crate) fn start() -> io::Result<Self> {
        Self::on("cluster-driver", Builder::new_current_thread().enable_all().max_blocking_threads(BLOCKING).build()?)
    }

    /// The same for the nodes of a test that is not async: they share its runtime, as others share that of their test.
    pub(crate) fn of_nodes() -> io::Result<Self> {
        Self::on("cluster-nodes", Builder::new_current_thread().enable_all().build()?)
    }

    fn on(name: &str, runtime: Runtime) -> io::Result<Self> {
        let handle = runtime.handle().clone();
        let (alive, ended) = oneshot::channel();
        thread::Builder::new().name(name.to_owned()).spawn(move || drop(runtime.block_on(ended)))?;
        Ok(Self { runtime: handle, _alive: Arc::new(alive) })
    }

    /// A runtime that another thread runs.
    pub(crate) fn of(runtime: &Handle) -> Self {
        let (alive, _) = oneshot::channel();
        Self { runtime: runtime.clone(), _alive: Arc::new(alive) }
    }

    /// Runs a future to its end on the caller's thread, which must not be one of a runtime. What it spawns runs here.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Spawns a task that runs to its end, whether or not it is awaited.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let driver = self.clone();
        self.background().spawn(async move {
            task.await;
            drop(driver);
        });
    }

    /// Runs a task and returns its output. The task is aborted when this future is dropped. A panic resumes in the caller.
    pub async fn run<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> T {
        let (sender, output) = oneshot::channel();
        self.run_to_end(Box::pin(async move {
            let _ = sender.send(task.await);
        }))
        .await;
        output.await.unwrap_or_else(|_| unreachable!("the task has come to its end"))
    }

    async fn run_to_end(&self, task: Task) {
        let mut tasks = JoinSet::new();
        tasks.spawn_on(task, &self.runtime);
        if let Some(Err(error)) = tasks.join_next().await {
            resume_unwind(error.into_panic());
        }
    }

    /// What spawns tasks that end with the driver, and do not keep it.
    pub(crate) fn background(&self) -> Background {
        Background(self.runtime.clone())
    }

    /// Sockets and pipes that are created while the guard lives are polled by this thread.
    pub fn enter(&self) -> EnterGuard<'_> {
        self.runtime.enter()
    }
}

/// Spawns tasks on the thread of a driver. They are dropped when its last handle is.
#[derive(Clone, Debug)]
pub(crate) struct Background(Handle);

impl Background {
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        self.0.spawn(Box::pin(task) as Task).abort_handle()
    }

    /// Sockets that are created while the guard lives are polled by its thread.
    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        self.0.enter()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::sync::mpsc::{self, RecvTimeoutError};
    use std::time::Duration;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    thread_local!(static AT_THE_END: RefCell<Option<mpsc::Sender<()>>> = const { RefCell::new(None) });

    /// A driver, and what is disconnected when its thread ends.
    async fn watched() -> (Driver, mpsc::Receiver<()>) {
        let driver = Driver::start().expect("a thread can be started");
        let (sender, receiver) = mpsc::channel();
        driver.run(async move { AT_THE_END.set(Some(sender)) }).await;
        (driver, receiver)
    }

    #[tokio::test]
    async fn its_thread_ends_with_its_last_handle() {
        let (driver, thread) = watched().await;
        drop(driver.clone());
        assert_eq!(thread.recv_timeout(Duration::from_millis(20)), Err(RecvTimeoutError::Timeout), "a handle was left");
        drop(driver);
        assert_eq!(thread.recv_timeout(SOON), Err(RecvTimeoutError::Disconnected), "the thread did not end");
    }

    #[tokio::test]
    async fn a_task_keeps_its_thread_until_it_is_done() {
        let (driver, thread) = watched().await;
        let (finish, finished) = oneshot::channel::<()>();
        let (done, is_done) = oneshot::channel();
        driver.spawn(async move {
            let _ = finished.await;
            let _ = done.send(());
        });
        drop(driver);
        finish.send(()).expect("the task waits");
        is_done.await.expect("the task is not ended half-way");
        assert_eq!(thread.recv_timeout(SOON), Err(RecvTimeoutError::Disconnected), "the thread did not end");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_ended() {
        let driver = Driver::start().expect("a thread can be started");
        let (alive, ended) = oneshot::channel::<()>();
        let mut waiting = Box::pin(driver.run(async move {
            let _alive = alive;
            std::future::pending::<()>().await;
        }));
        tokio::select! {
            biased;
            () = &mut waiting => unreachable!("it never ends by itself"),
            () = tokio::task::yield_now() => {}
        }
        drop(waiting);
        assert!(ended.await.is_err(), "the task goes on");
    }

    #[tokio::test]
    #[should_panic(expected = "as expected")]
    async fn a_panic_goes_on_in_the_caller() {
        Driver::start().expect("a thread can be started").run(async { panic!("as expected") }).await
    }
}
