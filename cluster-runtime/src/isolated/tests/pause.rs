use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::super::{Ended, NoPause, Outcome};
use super::{end, is_pending, soon, start};
use crate::clock;

#[tokio::test]
async fn no_task_of_a_paused_life_is_polled() {
    let polls = Arc::new(AtomicU64::new(0));
    let count = polls.clone();
    let (isolated, _end) = start("polls", move || async move {
        let task = tokio::spawn(async move {
            loop {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        });
        task.await
    });

    soon("a pause", isolated.pause()).await.expect("it can be paused");
    let paused_at = polls.load(Ordering::Relaxed);
    clock::pause(Duration::from_millis(50)).await;
    assert_eq!(polls.load(Ordering::Relaxed), paused_at, "it was polled");

    soon("its resumption", isolated.resume()).await;
    while polls.load(Ordering::Relaxed) == paused_at {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_sockets_of_a_paused_life_stay_open() {
    let (tell, told) = oneshot::channel();
    let (isolated, _end) = start("open", || async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        tell.send(listener.local_addr().expect("it is bound")).expect("the test waits");
        loop {
            let (mut stream, _) = listener.accept().await.expect("it listens");
            stream.write_all(b"!").await.expect("the test reads");
        }
    });
    let addr = soon("its address", told).await.expect("it binds");
    soon("a pause", isolated.pause()).await.expect("it can be paused");

    let mut client = TcpStream::connect(addr).await.expect("it listens");
    assert!(is_pending(client.read_u8()).await, "it answered");
    isolated.resume().await;
    assert_eq!(soon("an answer", client.read_u8()).await.expect("it answers"), b'!');
}

#[tokio::test]
async fn a_paused_life_can_be_killed() {
    let (isolated, outcome) = start("paused", std::future::pending::<()>);
    soon("a pause", isolated.pause()).await.expect("it can be paused");
    isolated.kill();
    assert_eq!(end(outcome).await, Outcome::Killed);
    soon("its threads' end", isolated.gone()).await;
    assert_eq!(isolated.pause().await, Err(NoPause::Ended(Ended)));
}

#[tokio::test]
async fn a_pause_that_nobody_waits_for_does_not_come_later() {
    let (wake, woken) = mpsc::channel::<()>();
    let (tell, told) = oneshot::channel();
    let (isolated, outcome) = start("withdrawn", || async move {
        tell.send(()).expect("the test waits");
        let _ = woken.recv();
        tokio::task::yield_now().await;
    });
    soon("the life", told).await.expect("it runs");
    assert!(is_pending(isolated.pause()).await, "its thread sleeps");
    drop(wake);
    assert_eq!(end(outcome).await, Outcome::Returned(()));
}

#[cfg(feature = "rt-multi-thread")]
#[tokio::test]
async fn a_life_with_workers_is_not_paused() {
    let (isolated, _end) = super::start_with("two", super::two_workers(), std::future::pending::<()>);
    assert_eq!(isolated.pause().await, Err(NoPause::Workers));
}
