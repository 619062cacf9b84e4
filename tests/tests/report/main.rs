//! What a failed test tells: each way to fail, in a process of its own.

mod browser;
mod failing;
mod page;
mod told;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A test that fails, and what it told.
struct Failed {
    output: String,
    directory: PathBuf,
}

impl Failed {
    /// Runs a test of [`failing`] in a process of its own.
    fn run(test: &str) -> Self {
        Self::run_with(test, &[])
    }

    fn run_with(test: &str, variables: &[(&str, &str)]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("reports-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let output = command(test, &directory, variables).output().expect("a test can be run");
        Self { output: texts(&output), directory }
    }

    /// The lines of the cluster, as far as the harness shows them.
    fn lines(&self) -> Vec<&str> {
        self.output.lines().collect()
    }

    fn report(&self, test: &str) -> PathBuf {
        self.directory.join(format!("failing.{test}"))
    }

    fn text(&self, test: &str) -> String {
        let path = self.report(test).join("report.txt");
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}\n{}", path.display(), self.output))
    }
}

impl Drop for Failed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn command(test: &str, directory: &Path, variables: &[(&str, &str)]) -> Command {
    let this = std::env::current_exe().expect("this test is a program");
    let mut command = Command::new(this);
    command.args(["--exact", &format!("failing::{test}"), "--ignored"]).env("CLUSTER_REPORT_DIR", directory);
    command.env_remove("CLUSTER_REPORT").env_remove("NEXTEST_ATTEMPT").envs(variables.iter().copied());
    command
}

fn texts(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
