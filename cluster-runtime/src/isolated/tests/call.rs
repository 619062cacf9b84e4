use std::rc::Rc;
use std::sync::{Arc, mpsc};

use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use super::super::{Ended, Outcome};
use super::{end, is_pending, soon, start};

#[tokio::test]
async fn a_call_runs_in_the_context_of_the_runtime() {
    let (isolated, outcome) = start("context", || async { Handle::current().id() });
    let Outcome::Returned(id) = end(outcome).await else { panic!("it returns") };
    drop(isolated);

    let (isolated, _end) = start("context", std::future::pending::<()>);
    let here = Handle::current().id();
    let there = isolated.call(async { Handle::current().id() }).await.expect("it runs");
    assert!(there != here && there != id, "a runtime of its own");
    assert_eq!(Handle::current().id(), here, "the context is left again");
}

#[tokio::test]
async fn a_call_may_borrow_and_need_not_be_send() {
    let (isolated, _end) = start("borrow", std::future::pending::<()>);
    let here = String::from("here");
    let borrowed = async {
        let length = Rc::new(here.len());
        tokio::task::yield_now().await;
        *length
    };
    assert_eq!(isolated.call(borrowed).await, Ok(4));
}

#[tokio::test]
async fn what_a_call_spawns_ends_with_the_runtime() {
    let (isolated, outcome) = start("spawned", std::future::pending::<()>);
    let held = Arc::new(());
    let of_task = held.clone();
    let spawn = async {
        tokio::spawn(async move {
            let _held = of_task;
            std::future::pending::<()>().await;
        });
    };
    isolated.call(spawn).await.expect("it runs");
    assert_eq!(Arc::strong_count(&held), 2, "the task runs");
    isolated.kill();
    end(outcome).await;
    assert_eq!(Arc::strong_count(&held), 1, "the task goes on");
}

#[tokio::test]
async fn a_call_that_nobody_answers_ends_with_the_runtime() {
    let (isolated, outcome) = start("hangs", std::future::pending::<()>);
    let never = Notify::new();
    let mut call = Box::pin(isolated.call(never.notified()));
    assert!(is_pending(&mut call).await, "nobody notifies it");
    isolated.kill();
    assert_eq!(soon("the call", call).await, Err(Ended));
    assert_eq!(end(outcome).await, Outcome::Killed);
    assert_eq!(soon("a call after the end", isolated.call(async {})).await, Err(Ended));
}

#[tokio::test]
async fn a_call_ends_when_all_is_dropped() {
    struct Waits(mpsc::Receiver<()>, Option<oneshot::Sender<()>>);
    impl Drop for Waits {
        fn drop(&mut self) {
            let _ = self.1.take().expect("it is dropped once").send(());
            let _ = self.0.recv();
        }
    }
    let (finish, finished) = mpsc::channel();
    let (tell, told) = oneshot::channel();
    let (isolated, mut outcome) = start("dropping", || async {
        let _waits = Waits(finished, Some(tell));
        std::future::pending::<()>().await;
    });
    let mut call = Box::pin(isolated.call(std::future::pending::<()>()));
    assert!(is_pending(&mut call).await, "it runs");
    isolated.kill();
    soon("its destructor", told).await.expect("it is dropped");
    assert!(is_pending(&mut call).await, "it is still being dropped");
    drop(finish);
    assert_eq!(soon("the call", call).await, Err(Ended));
    assert_eq!(outcome.try_recv(), Ok(Outcome::Killed), "the end is told before");
}

#[test]
fn a_call_is_dropped_in_the_context_of_the_runtime() {
    struct Spawns;
    impl Drop for Spawns {
        fn drop(&mut self) {
            tokio::spawn(async {});
        }
    }
    let (isolated, _end) = start("dropped-call", std::future::pending::<()>);
    let mut call = Box::pin(isolated.call(async {
        let _spawns = Spawns;
        std::future::pending::<()>().await;
    }));
    // There is no runtime here, so it would panic elsewhere.
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::future::Future::poll(call.as_mut(), &mut cx).is_pending());
    drop(call);
}
