use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::super::{Isolated, Options, Outcome};
use super::{assert_passes, end, plainly, run_alone, soon, start};
use crate::clock::Deadline;
use crate::collector::Origin;

#[tokio::test]
async fn any_name_will_do() {
    let (_isolated, outcome) = start("zero\0zero", || async { thread::current().name().map(str::to_owned) });
    assert_eq!(end(outcome).await, Outcome::Returned(Some("zero\u{FFFD}zero".to_owned())));
}

#[test]
fn a_start_without_descriptors_is_an_error() {
    let mut few = Command::new("sh");
    few.args(["-c", "ulimit -n 60 && exec \"$@\"", "sh"]);
    assert_passes(&run_alone(few, "start::descriptors_run_out"));
}

#[tokio::test]
#[ignore = "it needs a limit of descriptors"]
async fn descriptors_run_out() {
    let mut started = Vec::new();
    let error = loop {
        match Isolated::start("few", Options::default(), Origin::default(), std::future::pending::<()>, drop) {
            Ok(isolated) => started.push(isolated),
            Err(error) => break error,
        }
    };
    assert_eq!(error.to_string(), "Too many open files (os error 24)");
    assert!(started.len() > 5, "only {} were started", started.len());
    for isolated in started {
        isolated.kill();
        soon("its threads' end", isolated.gone()).await;
    }
    let (_isolated, outcome) = start("enough", || async { 7 });
    assert_eq!(end(outcome).await, Outcome::Returned(7));
}

#[test]
fn a_thousand_leave_no_thread_and_no_descriptor() {
    assert_passes(&run_alone(plainly(), "start::a_thousand_start_and_end"));
}

#[tokio::test]
#[ignore = "it counts threads and descriptors of the process"]
async fn a_thousand_start_and_end() {
    let count = |what| fs::read_dir(what).expect("it is there").count();
    let (threads, descriptors) = (|| count("/proc/self/task"), || count("/proc/self/fd"));
    // What the process keeps is made by the first ones.
    start_and_end_a_hundred().await;
    let most = (threads(), descriptors());
    for _ in 0..10 {
        start_and_end_a_hundred().await;
    }
    // The system takes a moment to forget a thread whose end was told.
    let deadline = Deadline::after(Duration::from_secs(10));
    while (threads() > most.0 || descriptors() > most.1) && !deadline.left().is_zero() {
        thread::yield_now();
    }
    let left = (threads(), descriptors());
    assert!(left.0 <= most.0 && left.1 <= most.1, "threads and descriptors: {left:?} are left, {most:?} were there");
}

async fn start_and_end_a_hundred() {
    let mut started = Vec::new();
    for number in 0..100 {
        let (tell, told) = oneshot::channel();
        let (isolated, outcome) = start(&format!("many.{number}"), || async {
            tokio::task::spawn_blocking(|| tell.send(()));
            std::future::pending::<()>().await;
        });
        started.push((isolated, outcome, told));
    }
    for (isolated, outcome, told) in started {
        soon("a blocking call", told).await.expect("it runs");
        isolated.kill();
        assert_eq!(end(outcome).await, Outcome::Killed);
        soon("its threads' end", isolated.gone()).await;
    }
}

#[test]
fn what_is_printed_belongs_to_the_test_that_started_it() {
    let passing = run_alone(plainly(), "start::prints_and_passes");
    assert_passes(&passing);
    assert!(!String::from_utf8_lossy(&passing.stdout).contains("from inside"), "{passing:?}");
    let failing = run_alone(plainly(), "start::prints_and_fails");
    let text = String::from_utf8_lossy(&failing.stdout);
    for line in ["from inside", "from a blocking call", "thread 'printing' ", "as told"] {
        assert!(text.contains(line), "`{line}` is missing:\n{text}");
    }
}

async fn print() {
    let (_isolated, outcome) = start("printing", || async {
        println!("from inside");
        let call = tokio::task::spawn_blocking(|| println!("from a blocking call"));
        call.await.expect("it prints");
        panic!("as told")
    });
    let Outcome::<()>::Panicked(_) = end(outcome).await else { panic!("it panics") };
}

#[tokio::test]
#[ignore = "its output is looked at"]
async fn prints_and_passes() {
    print().await;
}

#[tokio::test]
#[ignore = "its output is looked at"]
#[should_panic(expected = "never said")]
async fn prints_and_fails() {
    print().await;
}

#[cfg(feature = "rt-multi-thread")]
#[test]
fn workers_that_cannot_be_had_are_an_error() {
    let mut small = Command::new("sh");
    small.args(["-c", "ulimit -v 1000000 && exec \"$@\"", "sh"]);
    assert_passes(&run_alone(small, "start::stacks_do_not_fit"));
}

/// The stacks of some workers fit into a gigabyte, those of all do not.
#[cfg(feature = "rt-multi-thread")]
#[tokio::test]
#[ignore = "it needs a limit of memory"]
async fn stacks_do_not_fit() {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(8).thread_stack_size(200 << 20);
    let error = super::super::runtime::build_workers(&mut builder).expect_err("its workers do not fit");
    assert_eq!(error.to_string(), "the system refuses the thread of a worker");
}
