//! What a failed test tells: each way to fail, in a process of its own.

mod browser;
mod failing;
mod page;
mod told;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use cluster_tests::alone;

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
        let directory = new_directory();
        let output = command(test, &directory, variables).output().expect("a test can be run");
        Self { output: texts(&output), directory }
    }

    /// Runs a test, and does something to its process once it has printed this. The directory is that of its reports.
    fn run_until(test: &str, variables: &[(&str, &str)], printed: &str, act: impl FnOnce(&Child, &Path)) -> Self {
        let directory = new_directory();
        let mut command = command(test, &directory, variables);
        // What it prints is seen at once; what the handler of a signal prints is not captured in any case.
        let command = command.arg("--nocapture").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("a test can be run");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        assert!(lines.any(|line| line == printed), "`{printed}` was not printed");
        act(&process, &directory);
        let output = process.wait_with_output().expect("it ends");
        Self { output: texts(&output), directory }
    }

    /// Runs a test on a terminal; `None` where `script` cannot make one, which is said.
    fn run_on_a_terminal(test: &str, variables: &[(&str, &str)]) -> Option<Self> {
        let directory = new_directory();
        let run = command(test, &directory, variables);
        let words: Vec<_> =
            std::iter::once(run.get_program()).chain(run.get_args()).map(|word| word.display().to_string()).collect();
        let mut script = Command::new("script");
        script.args(["--quiet", "--command", &words.join(" "), "/dev/null"]).stdin(Stdio::null());
        script.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let Ok(output) = script.output() else {
            println!("skipped: there is no `script`");
            return None;
        };
        Some(Self { output: texts(&output), directory })
    }

    /// The lines of the cluster, as far as the harness shows them.
    fn lines(&self) -> Vec<&str> {
        self.output.lines().collect()
    }

    /// The lines of a file of its report, each of which is JSON.
    #[track_caller]
    fn json(&self, test: &str, file: &str) -> Vec<serde_json::Value> {
        let path = self.report(test).join(file);
        let lines = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        lines.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
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

fn new_directory() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("reports-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn command(test: &str, directory: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = alone(&format!("failing::{test}"));
    command
        .env("CLUSTER_REPORT_DIR", directory)
        .env_remove("CLUSTER_REPORT")
        .env_remove("NEXTEST_ATTEMPT")
        .env_remove("NEXTEST_TEST_NAME")
        .envs(variables.iter().copied());
    command
}

fn texts(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
