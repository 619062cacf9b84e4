use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::super::{Blocked, Isolated};
use super::{is_pending, soon, start};
use crate::clock;
use crate::place::Activity;

/// How it is blocked, as soon as it is.
async fn until_blocked(isolated: &Isolated) -> Blocked {
    let blocked = async {
        loop {
            if let Some(blocked) = isolated.blocked().await {
                return blocked;
            }
            clock::pause(Duration::from_millis(10)).await;
        }
    };
    soon("it is blocked", blocked).await
}

#[tokio::test]
async fn a_thread_with_nothing_to_do_is_not_blocked() {
    let (isolated, _end) = start("idle", std::future::pending::<()>);
    clock::pause(Duration::from_millis(150)).await;
    assert_eq!(isolated.blocked().await, None);
    isolated.pause().await.expect("it can be paused");
    clock::pause(Duration::from_millis(150)).await;
    assert_eq!(isolated.blocked().await, None, "it is paused");
}

#[tokio::test]
async fn a_thread_that_always_has_something_to_do_is_not_blocked() {
    let (isolated, _end) = start("busy", || async {
        for _ in 0..3 {
            tokio::spawn(async {
                loop {
                    tokio::task::yield_now().await;
                }
            });
        }
        std::future::pending::<()>().await;
    });
    clock::pause(Duration::from_millis(150)).await;
    assert_eq!(isolated.blocked().await, None);
}

#[tokio::test]
async fn a_thread_that_sleeps_is_blocked() {
    let (_wake, woken) = mpsc::channel::<()>();
    let (isolated, _end) = start("asleep", || async move {
        tokio::task::yield_now().await;
        let _ = woken.recv();
    });
    let blocked = until_blocked(&isolated).await;
    assert!(blocked.time >= Duration::from_millis(100), "{blocked:?}");
    assert_eq!(blocked.activity, Some(Activity::SystemCall));
    let text = blocked.to_string();
    assert!(text.starts_with("its thread has not yielded for 0."), "{text}");
}

#[tokio::test]
async fn a_thread_that_computes_is_blocked() {
    let enough = Arc::new(AtomicBool::new(false));
    let until = enough.clone();
    let (isolated, _end) = start("computing", move || async move {
        let computing = tokio::spawn(async move {
            while !until.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        });
        computing.await
    });
    let blocked = until_blocked(&isolated).await;
    assert_eq!(blocked.activity, Some(Activity::Computing), "{blocked:?}");
    enough.store(true, Ordering::Relaxed);
}

#[tokio::test]
async fn a_thread_that_yields_again_is_not_blocked() {
    let (wake, woken) = mpsc::channel::<()>();
    let (tell, told) = oneshot::channel();
    let (isolated, _end) = start("again", || async move {
        let _ = woken.recv();
        tell.send(()).expect("the test waits");
        std::future::pending::<()>().await;
    });
    until_blocked(&isolated).await;
    drop(wake);
    soon("the life", told).await.expect("it goes on");
    assert_eq!(isolated.blocked().await, None);
}

#[cfg(feature = "rt-multi-thread")]
mod workers {
    use super::super::{start_with, two_workers};
    use super::*;

    #[tokio::test]
    async fn workers_are_blocked_when_none_of_them_yields() {
        let (wake, woken) = mpsc::channel::<()>();
        let woken = Arc::new(std::sync::Mutex::new(woken));
        let (block, mut blocks) = tokio::sync::mpsc::unbounded_channel::<()>();
        let (isolated, _end) = start_with("workers", two_workers(), || async move {
            while blocks.recv().await.is_some() {
                let woken = woken.clone();
                tokio::spawn(async move { woken.lock().map(|woken| woken.recv().is_err()).is_ok() });
            }
        });
        block.send(()).expect("it runs");
        clock::pause(Duration::from_millis(250)).await;
        assert_eq!(isolated.blocked().await, None, "one of them yields");

        block.send(()).expect("it runs");
        let blocked = until_blocked(&isolated).await;
        let text = blocked.to_string();
        assert!(text.starts_with("2 of its workers have not yielded for 0."), "{text}");
        assert!(text.ends_with(" s: they sleep in system calls"), "{text}");
        drop(wake);
    }

    #[tokio::test]
    async fn a_life_that_sleeps_beside_its_workers_is_blocked() {
        let (_wake, woken) = mpsc::channel::<()>();
        let (isolated, outcome) = start_with("root", two_workers(), || async move {
            let _ = woken.recv();
        });
        let text = until_blocked(&isolated).await.to_string();
        assert!(text.starts_with("its thread has not yielded for 0."), "{text}");
        assert!(is_pending(outcome).await, "it still sleeps");
    }
}
