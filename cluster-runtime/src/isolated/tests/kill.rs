use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::super::Outcome;
use super::{end, is_pending, soon, start};

/// Echoes on connections, each in a task of its own, that all are spawned by a task.
fn echo(tell: oneshot::Sender<SocketAddr>) {
    tokio::spawn(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        tell.send(listener.local_addr().expect("it is bound")).expect("the test waits");
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                tokio::io::copy(&mut read, &mut write).await
            });
        }
    });
}

/// Waits until nobody listens: a process that another test is just spawning has copies of our sockets until it runs its program.
async fn refused(addr: SocketAddr) {
    while TcpStream::connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_a_life_returns_is_told() {
    let (isolated, outcome) = start("returns", || async { 7 });
    assert_eq!(end(outcome).await, Outcome::Returned(7));
    soon("its threads' end", isolated.gone()).await;
    assert_eq!(isolated.leftovers(), None);
}

#[tokio::test]
async fn a_life_need_not_be_send_and_has_its_thread_named_after_it() {
    let (_isolated, outcome) = start("a.rather.long.name.of.a.node.1", || async {
        let name = Rc::new(std::thread::current().name().map(str::to_owned));
        tokio::task::yield_now().await;
        (*name).clone()
    });
    assert_eq!(end(outcome).await, Outcome::Returned(Some("a.rather.long.name.of.a.node.1".to_owned())));
}

#[tokio::test]
async fn a_kill_closes_the_sockets_of_all_tasks_and_frees_their_port() {
    let (tell, told) = oneshot::channel();
    let (isolated, outcome) = start("sockets", || async {
        echo(tell);
        std::future::pending::<()>().await;
    });
    let addr = soon("its address", told).await.expect("it binds");
    let mut clients = Vec::new();
    for _ in 0..10 {
        let mut client = TcpStream::connect(addr).await.expect("it listens");
        client.write_all(b"?").await.expect("it reads");
        client.read_u8().await.expect("it echoes");
        clients.push(client);
    }

    isolated.kill();
    assert_eq!(end(outcome).await, Outcome::Killed);
    soon("a refusal", refused(addr)).await;
    for client in &mut clients {
        let end = soon("the end of a connection", client.read(&mut [0])).await;
        assert_eq!(end.expect("it is closed in good order"), 0);
    }
    TcpListener::bind(addr).await.expect("the port is free");
    soon("its threads' end", isolated.gone()).await;
}

#[tokio::test]
async fn a_life_whose_handle_is_dropped_is_killed() {
    let (isolated, outcome) = start("dropped", std::future::pending::<()>);
    drop(isolated);
    assert_eq!(end(outcome).await, Outcome::Killed);
}

#[tokio::test]
async fn a_kill_does_not_wait_for_a_blocking_call_and_names_it() {
    let (finish, finished) = mpsc::channel::<()>();
    let (tell, told) = oneshot::channel();
    let (isolated, outcome) = start("blocking", || async {
        tokio::task::spawn_blocking(move || {
            tell.send(()).expect("the test waits");
            let _ = finished.recv();
        });
        std::future::pending::<()>().await;
    });
    soon("the call", told).await.expect("it runs");

    isolated.kill();
    assert_eq!(end(outcome).await, Outcome::Killed);
    assert!(is_pending(isolated.gone()).await, "a call still runs");
    assert_eq!(isolated.leftovers().as_deref(), Some("1 blocking call still runs"));
    drop(finish);
    soon("its threads' end", isolated.gone()).await;
    assert_eq!(isolated.leftovers(), None);
}

#[tokio::test]
async fn a_blocking_call_that_begins_at_the_very_end_is_waited_for() {
    for _ in 0..200 {
        let call = Arc::new(());
        let of_call = call.clone();
        let (isolated, outcome) = start("late", || async {
            tokio::task::spawn_blocking(move || drop(of_call));
        });
        assert_eq!(end(outcome).await, Outcome::Returned(()));
        soon("its threads' end", isolated.gone()).await;
        assert_eq!(Arc::strong_count(&call), 1, "what was not called is dropped");
    }
}

#[tokio::test]
async fn a_thread_that_sleeps_is_named_and_ends_when_it_wakes() {
    let (wake, woken) = mpsc::channel::<()>();
    let (tell, told) = oneshot::channel();
    let (isolated, outcome) = start("sleeps", || async {
        tokio::spawn(async move {
            tell.send(()).expect("the test waits");
            let _ = woken.recv();
        });
        std::future::pending::<()>().await;
    });
    soon("the task", told).await.expect("it runs");

    isolated.kill();
    assert!(is_pending(isolated.gone()).await, "its thread sleeps");
    let left = isolated.leftovers().expect("its thread is left");
    assert!(left.starts_with("its thread has not yielded for 0."), "{left}");
    assert!(left.ends_with(" s: it sleeps in a system call"), "{left}");
    drop(wake);
    assert_eq!(end(outcome).await, Outcome::Killed);
    soon("its threads' end", isolated.gone()).await;
}

#[tokio::test]
async fn a_thread_that_computes_is_named() {
    let enough = Arc::new(AtomicBool::new(false));
    let until = enough.clone();
    let (tell, told) = oneshot::channel();
    let (isolated, outcome) = start("computes", move || async move {
        tell.send(()).expect("the test waits");
        while !until.load(Ordering::Relaxed) {
            std::hint::spin_loop();
        }
        std::future::pending::<()>().await;
    });
    soon("the life", told).await.expect("it runs");

    isolated.kill();
    assert!(is_pending(isolated.gone()).await, "its thread computes");
    let left = isolated.leftovers().expect("its thread is left");
    assert!(left.ends_with(" s: it is computing"), "{left}");
    enough.store(true, Ordering::Relaxed);
    assert_eq!(end(outcome).await, Outcome::Killed);
}

#[tokio::test]
async fn destructors_that_panic_or_spawn_do_not_spoil_a_kill() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in a destructor, as this test wants");
        }
    }
    struct Spawns(mpsc::Sender<()>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            let ran = self.0.clone();
            tokio::spawn(async move { ran.send(()) });
        }
    }
    let (run, ran) = mpsc::channel();
    let (tell, told) = oneshot::channel();
    let (isolated, outcome) = start("destructors", || async {
        let _panics = Panics;
        let (panics, spawns) = (Panics, Spawns(run));
        tokio::spawn(async move {
            let _held = panics;
            std::future::pending::<()>().await;
        });
        tokio::spawn(async move {
            let _held = spawns;
            tell.send(()).expect("the test waits");
            std::future::pending::<()>().await;
        });
        std::future::pending::<()>().await;
    });
    soon("the tasks", told).await.expect("they run");

    isolated.kill();
    assert_eq!(end(outcome).await, Outcome::Killed);
    soon("its threads' end", isolated.gone()).await;
    assert_eq!(ran.try_recv(), Err(mpsc::TryRecvError::Disconnected), "the last task is dropped unrun");
}

#[cfg(feature = "rt-multi-thread")]
mod workers {
    use super::super::{start_with, two_workers};
    use super::*;

    #[tokio::test]
    async fn a_kill_closes_the_sockets_of_tasks_on_workers() {
        let (tell, told) = oneshot::channel();
        let (isolated, outcome) = start_with("worker-sockets", two_workers(), || async {
            echo(tell);
            std::future::pending::<()>().await;
        });
        let addr = soon("its address", told).await.expect("it binds");
        let mut client = TcpStream::connect(addr).await.expect("it listens");
        client.write_all(b"?").await.expect("it reads");
        client.read_u8().await.expect("it echoes");

        isolated.kill();
        assert_eq!(end(outcome).await, Outcome::Killed);
        soon("a refusal", refused(addr)).await;
        assert_eq!(soon("the end", client.read(&mut [0])).await.expect("it is closed in good order"), 0);
        soon("its threads' end", isolated.gone()).await;
    }

    #[tokio::test]
    async fn a_worker_that_sleeps_is_named_and_its_end_is_waited_for() {
        let (wake, woken) = mpsc::channel::<()>();
        let (tell, told) = oneshot::channel();
        let (isolated, mut outcome) = start_with("worker-sleeps", two_workers(), || async {
            tokio::spawn(async move {
                tell.send(()).expect("the test waits");
                let _ = woken.recv();
            });
            std::future::pending::<()>().await;
        });
        soon("the task", told).await.expect("it runs");

        isolated.kill();
        assert!(is_pending(&mut outcome).await, "a task still holds what it holds");
        let left = isolated.leftovers().expect("a worker is left");
        assert!(left.starts_with("1 of its workers has not yielded for 0."), "{left}");
        assert!(left.ends_with(" s: it sleeps in a system call"), "{left}");
        drop(wake);
        assert_eq!(end(outcome).await, Outcome::Killed);
        soon("its threads' end", isolated.gone()).await;
    }
}
