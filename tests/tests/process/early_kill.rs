//! A test that is killed while its programs start leaves none, not even those that overwrite their environment at once.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cluster_runtime::{Feature, Process, Result, create, start};

use super::until;

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
        println!("\n{}", nodes[0].dir()?.display());
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
    let test = std::env::current_exe().expect("this is a program");
    for kill in 0..KILLS {
        let mut victim = Command::new(&test)
            .args(["--exact", "early_kill::victim", "--ignored", "--nocapture"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a test can be run");
        let output = BufReader::new(victim.stdout.take().expect("it is a pipe"));
        let mut lines = output.lines().map_while(Result::ok);
        let directory = lines.find(|line| line.starts_with('/')).expect("it has a directory before its programs start");
        let root = Path::new(&directory).parent().expect("it has one");
        std::thread::sleep(Duration::from_micros(kill * 1500));
        victim.kill().expect("it runs");
        victim.wait().expect("it is a child of this process");
        until("its directories are gone", || !root.exists()).await;
        assert_eq!(programs_in(root), [""; 0], "left after kill {kill}");
    }
}
