//! What users pay at compile time: a cold build of the dependency, and `cargo check` of files full of `cluster!`.
//!
//! Each measure builds small crates of its own under the target directory, in turn with its baseline, and compares medians.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures the system itself")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// How often each build is timed.
const ROUNDS: usize = 3;
/// Declarations in the measured file, and statements in each.
const DECLARATIONS: usize = 100;

const TOKIO: &str = r#"tokio = { version = "1", features = ["io-util", "macros", "net", "rt", "sync"] }"#;

fn main() -> Result {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ours = format!("cluster-runtime = {{ path = {runtime:?} }}");

    println!("| cold `cargo build` of | seconds | crates | ratio |");
    println!("|---|--:|--:|--:|");
    let cases = [("tokio alone, same features", TOKIO), ("cluster-runtime", &*ours), ("turmoil", r#"turmoil = "0.7""#)];
    let crates = cases.map(|(name, dependency)| (name, Crate::new(name, dependency)));
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for (index, (_, dependent)) in crates.iter().enumerate() {
            let dependent = dependent.as_ref().map_err(ToString::to_string)?;
            times[index].push(dependent.cold_build()?);
        }
    }
    let medians = times.map(median);
    for ((name, dependent), median) in crates.iter().zip(medians) {
        let count = dependent.as_ref().map_err(ToString::to_string)?.count_crates()?;
        println!("| {name} | {:.1} | {count} | {:.2} |", median.as_secs_f64(), ratio(median, medians[0]));
    }

    println!("\n| `cargo check` of {DECLARATIONS} declarations of 20 statements | seconds | ratio |");
    println!("|---|--:|--:|");
    let (by_macro, by_hand) = (Crate::new("by-macro", &ours)?, Crate::new("by-hand", &ours)?);
    by_macro.write(&file(&with_macro()))?;
    by_hand.write(&file(&without_macro()))?;
    let (mut macro_times, mut hand_times) = (Vec::new(), Vec::new());
    for _ in 0..=2 * ROUNDS {
        hand_times.push(by_hand.check()?);
        macro_times.push(by_macro.check()?);
    }
    // The first ones built the dependencies.
    let (by_hand, by_macro) = (median(hand_times.split_off(1)), median(macro_times.split_off(1)));
    println!("| the same calls by hand | {:.2} | 1.00 |", by_hand.as_secs_f64());
    println!("| `cluster!` | {:.2} | {:.2} |", by_macro.as_secs_f64(), ratio(by_macro, by_hand));
    Ok(())
}

/// A small crate that depends on what is measured.
struct Crate {
    directory: PathBuf,
}

impl Crate {
    fn new(name: &str, dependency: &str) -> Result<Self> {
        let name = name.split([' ', ',']).next().unwrap_or(name);
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build").join(name);
        fs::create_dir_all(directory.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"dependent-{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n[workspace]\n"
        );
        fs::write(directory.join("Cargo.toml"), manifest)?;
        let dependent = Self { directory };
        dependent.write("")?;
        dependent.cargo(&["fetch"])?;
        Ok(dependent)
    }

    fn write(&self, source: &str) -> Result {
        Ok(fs::write(self.directory.join("src/lib.rs"), source)?)
    }

    fn cold_build(&self) -> Result<Duration> {
        let _ = fs::remove_dir_all(self.directory.join("target"));
        self.cargo(&["build"])
    }

    /// Checks the file itself again, not what it depends on.
    fn check(&self) -> Result<Duration> {
        let file = fs::File::open(self.directory.join("src/lib.rs"))?;
        file.set_modified(std::time::SystemTime::now())?;
        self.cargo(&["check"])
    }

    fn cargo(&self, arguments: &[&str]) -> Result<Duration> {
        let started = Instant::now();
        let mut cargo = Command::new(env!("CARGO"));
        let cargo = cargo.args(arguments).arg("--quiet").current_dir(&self.directory);
        let output = cargo.env("CARGO_INCREMENTAL", "0").env_remove("CARGO_TARGET_DIR").output()?;
        if !output.status.success() {
            return Err(format!("cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(started.elapsed())
    }

    /// How many crates it depends on in all.
    fn count_crates(&self) -> Result<usize> {
        let mut cargo = Command::new(env!("CARGO"));
        let cargo = cargo.args(["tree", "--edges", "normal,build", "--prefix", "none", "--no-dedupe"]);
        let output = cargo.current_dir(&self.directory).output()?;
        let lines: std::collections::BTreeSet<_> = output
            .stdout
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty() && !line.starts_with(b"dependent-"))
            .map(|line| line.split(|byte| *byte == b'(').next().unwrap_or(line).trim_ascii().to_vec())
            .collect();
        Ok(lines.len())
    }
}

fn file(functions: &str) -> String {
    format!("#![allow(unused)]\nuse cluster_runtime::*;\n{functions}")
}

fn with_macro() -> String {
    let mut text = String::new();
    for number in 0..DECLARATIONS {
        let _ = writeln!(text, "pub async fn network_{number}() -> Result {{\n    let net = cluster! {{");
        for index in 0..5 {
            let _ = writeln!(text, "        hub{index};\n        rim{index}[6]: ring + star(hub{index});");
        }
        for index in 0..5 {
            let next = (index + 1) % 5;
            let _ =
                writeln!(text, "        connect(rim{index}[0..2], hub{next});\n        rim{index}[3] -> rim{next}[3];");
        }
        text += "    }\n    .start()\n    .await?;\n    net.hub0.connections().await?;\n    net.stop().await\n}\n";
    }
    text
}

fn without_macro() -> String {
    let mut text = String::new();
    for number in 0..DECLARATIONS {
        let _ = writeln!(text, "pub async fn network_{number}() -> Result {{\n    let kind = Loopback::new();");
        for index in 0..5 {
            let _ = writeln!(text, "    let hub{index} = Node::new(&kind, \"hub{index}\");");
            let _ = writeln!(text, "    let rim{index} = create(&kind, \"rim{index}\", 6);");
            let _ = writeln!(text, "    ring(&rim{index});\n    star(&hub{index}, &rim{index});");
        }
        for index in 0..5 {
            let next = (index + 1) % 5;
            let _ = writeln!(
                text,
                "    connect(&rim{index}[0..2], &hub{next});\n    add_peer(&rim{index}[3], &rim{next}[3]);"
            );
        }
        text +=
            "    let net = start(((&hub0, &rim0, &hub1, &rim1), (&hub2, &rim2, &hub3, &rim3, &hub4, &rim4))).await?;\n";
        text += "    hub0.connections().await?;\n    net.stop().await\n}\n";
    }
    text
}

fn ratio(time: Duration, baseline: Duration) -> f64 {
    time.as_secs_f64() / baseline.as_secs_f64()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
