//! A test that is killed while its programs start leaves none, not even those that overwrite their environment at once.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use cluster_runtime::{Feature, Process, Result, create, start};
use cluster_tests::{Victim, alone, until};

/// How often a test is killed.
const KILLS: u64 = 25;

/// Starts programs again and again. It is no test, but a test's process for the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of its own for another test"]
async fn victim() -> Result {
    // Perl writes what it is to be called over its arguments and its environment, as servers do.
    let forgetful = Process::new("perl", |_, command| {
        command.arg("-e").arg("$0 = 'forgetful' . ' ' x 10000; sleep 1000");
    })
    .supports(Feature::Private);
    loop {
        let nodes = create(&forgetful, "n", 10);
        println!("\nin {}", nodes[0].dir()?.display());
        drop(start(&nodes).await?);
    }
}

/// The programs below a directory.
fn programs_in(directory: &Path) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("this system shows its processes").filter_map(Result::ok);
    let is_below = |process: &Path| std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(directory));
    processes.filter(|process| is_below(&process.path())).map(|process| process.path().display().to_string()).collect()
}

#[tokio::test]
async fn no_program_is_left() {
    for kill in 0..KILLS {
        let mut victim = Victim::new(alone("early_kill::victim").stderr(Stdio::null()));
        // It has one before its programs start.
        let directory = victim.line("in ");
        let root = Path::new(&directory).parent().expect("it has one");
        std::thread::sleep(Duration::from_micros(kill * 1500));
        victim.kill();
        until("its directories are gone", || !root.exists()).await;
        assert_eq!(programs_in(root), [""; 0], "left after kill {kill}");
    }
}
