use std::future::Future;
use std::panic;

use super::super::{Options, Outcome};
use super::{assert_passes, end, plainly, run_alone, soon, start, start_with};

/// Asserts that the panic of this life, whose message is "as told", is its end.
async fn assert_dies<F: Future<Output = ()>>(name: &str, options: Options, life: impl FnOnce() -> F + Send + 'static) {
    let (isolated, outcome) = start_with(name, options, life);
    let Outcome::Panicked(panic) = end(outcome).await else { panic!("a panic is its end") };
    let text = panic.to_string();
    assert!(text.starts_with("as told, at ") && text.contains("panics.rs:"), "{text}");
    soon("its threads' end", isolated.gone()).await;
}

#[tokio::test]
async fn a_panic_of_the_life_is_its_end() {
    assert_dies("life", Options::default(), || async { panic!("as told") }).await;
}

#[tokio::test]
async fn a_panic_before_the_future_is_made_is_its_end() {
    fn make() -> std::future::Ready<()> {
        panic!("as told")
    }
    assert_dies("made", Options::default(), make).await;
}

#[tokio::test]
async fn a_panic_of_a_task_is_the_end() {
    assert_dies("task", Options::default(), || async {
        tokio::spawn(async { panic!("as told") });
        std::future::pending().await
    })
    .await;
}

#[tokio::test]
async fn a_panic_that_is_joined_is_the_end() {
    assert_dies("joined", Options::default(), || async {
        tokio::spawn(async { panic!("as told") }).await.expect_err("it panics");
    })
    .await;
}

#[tokio::test]
async fn a_panic_of_a_blocking_call_is_the_end() {
    assert_dies("call", Options::default(), || async {
        tokio::task::spawn_blocking(|| panic!("as told"));
        std::future::pending().await
    })
    .await;
}

#[cfg(feature = "rt-multi-thread")]
#[tokio::test]
async fn a_panic_on_a_worker_is_the_end() {
    assert_dies("worker", super::two_workers(), || async {
        tokio::spawn(async { panic!("as told") });
        std::future::pending().await
    })
    .await;
}

#[tokio::test]
async fn panics_of_tasks_can_be_tolerated() {
    let options = Options { tolerates_panics: true, ..Options::default() };
    let (_isolated, outcome) = start_with("tolerant", options, || async {
        tokio::spawn(async { panic!("as told") }).await.is_err_and(|error| error.is_panic())
    });
    assert_eq!(end(outcome).await, Outcome::Returned(true));

    let (_isolated, outcome) = start_with("tolerant", options, || async { panic!("of the life itself") });
    let Outcome::<()>::Panicked(panic) = end(outcome).await else { panic!("a panic of the life is its end") };
    assert_eq!(panic.message, "of the life itself");
}

#[tokio::test]
async fn a_panic_elsewhere_is_nobody_s_end() {
    let (isolated, outcome) = start("bystander", std::future::pending::<()>);
    tokio::spawn(async { panic!("as told") }).await.expect_err("it panics");
    isolated.kill();
    assert_eq!(end(outcome).await, Outcome::Killed);
}

#[test]
fn a_hook_that_was_dropped_is_set_again_at_the_next_start() {
    assert_passes(&run_alone(plainly(), "panics::the_hook_is_dropped"));
}

#[tokio::test]
#[ignore = "it changes the hook of the process"]
async fn the_hook_is_dropped() {
    for _ in 0..2 {
        assert_dies("hook", Options::default(), || async {
            tokio::spawn(async { panic!("as told") }).await.expect_err("it panics");
        })
        .await;
        drop(panic::take_hook());
    }
}

#[test]
fn a_hook_that_was_there_is_called() {
    assert_passes(&run_alone(plainly(), "panics::a_hook_is_there"));
}

#[tokio::test]
#[ignore = "it changes the hook of the process"]
async fn a_hook_is_there() {
    let (tell, told) = std::sync::mpsc::channel();
    panic::set_hook(Box::new(move |_| tell.send(()).expect("the test waits")));
    assert_dies("hook", Options::default(), || async { panic!("as told") }).await;
    told.try_recv().expect("it was called");
}
