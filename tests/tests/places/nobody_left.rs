//! However a test ends, nothing of its namespaces lives on.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cluster_runtime::place::Namespaces;
use cluster_runtime::{Process, Result, cluster};
use rustix::process::{Pid, Signal, kill_process};

use super::At;

/// A variable that all processes of the other test inherit.
const LEAK: &str = "CLUSTER_PLACES_LEAK";

/// Starts programs, breaks their links, and stops them, again and again. It is a process for other tests, and no test itself.
#[tokio::test]
#[ignore = "a process of its own for other tests"]
async fn victim() -> Result {
    if std::env::var_os(LEAK).is_none() {
        return Ok(());
    }
    println!("\nbegun");
    let family = Process::new("sh", |_, command| {
        command.args(["-c", "sleep 1000 & setsid sh -c 'sleep 1000' & wait"]);
    });
    loop {
        let net = cluster! { use family.clone(); n[3]: ring }.start().public(true).on(Namespaces::new()).await?;
        let cut = net.isolate(&net.n[0]).may_be_idle().await?;
        net.pause(&net.n[1]).await?;
        cut.heal().may_be_idle().await?;
        net.n[2].kill().await?;
        net.n[2].restart().await?;
        net.stop().await?;
    }
}

struct Victim {
    process: Child,
    mark: String,
}

impl Victim {
    fn new(number: usize) -> Self {
        let mark = format!("{}-{number}", std::process::id());
        let mut process = Command::new(std::env::current_exe().expect("this is a program"))
            .args(["--exact", "nobody_left::victim", "--ignored", "--nocapture"])
            .env(LEAK, &mark)
            .env("CLUSTER_REPORT", "never")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a test can be run");
        let output = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let mut lines = output.lines().map_while(Result::ok);
        assert!(lines.any(|line| line == "begun"), "it ended before");
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, mark }
    }

    /// The directory of all its nodes.
    fn directory(&self) -> PathBuf {
        let program = std::env::current_exe().expect("this is a program");
        let target = program.ancestors().skip(1).find(|directory| directory.join("CACHEDIR.TAG").is_file());
        target.expect("cargo has built it").join(format!("tmp/cluster-{}", self.process.id()))
    }

    /// The names of the processes that carry the mark, and the directory of all nodes, if it is left.
    fn left(&self) -> Vec<String> {
        let variable = format!("{LEAK}={}", self.mark);
        let processes = std::fs::read_dir("/proc").expect("this system shows its processes");
        let paths = processes.filter_map(|entry| Some(entry.ok()?.path()));
        let carry = paths.filter(|path| {
            let environment = std::fs::read(path.join("environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|set| set == variable.as_bytes())
        });
        let mut left: Vec<_> = carry.filter_map(|path| std::fs::read_to_string(path.join("cmdline")).ok()).collect();
        let directory = self.directory();
        left.extend(directory.exists().then(|| directory.display().to_string()));
        left
    }
}

async fn kill_at_random_moments(times: usize) {
    if !At::Namespaces.is_had().await {
        return;
    }
    let mut draw = cluster_runtime::topology::Rng::new(u64::from(std::process::id()));
    for number in 0..times {
        let mut victim = Victim::new(number);
        let moment = Duration::from_millis(u64::from(draw.below(600)));
        tokio::time::sleep(moment).await;
        kill_process(Pid::from_child(&victim.process), Signal::KILL).expect("it runs");
        let status = victim.process.wait().expect("it is a child of this process");
        assert_eq!(status.signal(), Some(9), "it ended by itself: {status}");
        let mut left = Vec::new();
        let gone = tokio::time::timeout(Duration::from_secs(5), async {
            loop {
                left = victim.left();
                if left.is_empty() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(gone.await.is_ok(), "5 s after SIGKILL at {moment:?} there are: {left:?}");
    }
}

#[tokio::test]
async fn a_test_that_is_killed_leaves_nothing() {
    kill_at_random_moments(12).await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn a_test_that_is_killed_two_hundred_times_leaves_nothing() {
    kill_at_random_moments(200).await;
}
