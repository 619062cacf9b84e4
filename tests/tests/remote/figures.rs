//! How long things take on hosts, and by the same commands alone: `cargo test --release -p cluster-tests --test remote figures -- --ignored
//! --nocapture --test-threads=1`.

use std::process::Stdio;
use std::time::{Duration, Instant};

use cluster_runtime::place::Remote;
use cluster_runtime::{Result, cluster};
use cluster_tests::sleeper;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use super::{HOSTS, slurm, ssh};

const ROUNDS: usize = 5;
/// What commands alone run: it says that it runs, and ends with its input.
const PROGRAM: &str = "echo runs; exec cat";

#[tokio::test]
#[ignore = "a measurement"]
async fn by_a_command() -> Result {
    let words = ["env", "CLUSTER_TEST_HOST={host}"].map(str::to_owned).to_vec();
    compare("a command", &super::by_command(), &Alone::Command(words)).await
}

#[tokio::test]
#[ignore = "a measurement"]
async fn by_ssh() -> Result {
    let (Some(hosts), Some(configuration)) = (ssh::hosts(), ssh::configuration()) else { return Ok(()) };
    let sockets = std::env::temp_dir().join(format!("cluster-figures-{}", std::process::id())).display().to_string();
    compare("ssh", &hosts, &Alone::Ssh { configuration, sockets }).await
}

#[tokio::test]
#[ignore = "a measurement"]
async fn by_slurm() -> Result {
    let (Some(hosts), Some(words)) = (slurm::hosts(), slurm::words()) else { return Ok(()) };
    compare("srun", &hosts, &Alone::Command(words)).await
}

/// Both in turn.
async fn compare(way: &str, hosts: &Remote, alone: &Alone) -> Result {
    println!("\n| programs on 3 hosts by {way} | `Remote` | the commands alone | ratio | stop |");
    for count in [10, 30] {
        let (mut ours, mut theirs, mut stops) = (vec![], vec![], vec![]);
        for _ in 0..ROUNDS {
            theirs.push(alone.start(count).await?);
            let begun = Instant::now();
            let net = cluster! { use sleeper(); n[dyn count] }.start().public(true).on(hosts.clone()).await?;
            ours.push(begun.elapsed());
            let begun = Instant::now();
            net.stop().await?;
            stops.push(begun.elapsed());
        }
        let (ours, theirs, stop) = (median(ours), median(theirs), median(stops));
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!("| {count} | {ours:.2?} | {theirs:.2?} | {ratio:.2} | {stop:.2?} |");
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// How commands alone get to hosts.
enum Alone {
    Command(Vec<String>),
    /// Over one connection to each, whose socket is at this path and its name.
    Ssh {
        configuration: String,
        sockets: String,
    },
}

impl Alone {
    /// How long it takes until so many programs run.
    async fn start(&self, count: usize) -> Result<Duration> {
        let begun = Instant::now();
        let mut connecting = JoinSet::new();
        for host in HOSTS {
            // It goes to the background once it is connected.
            self.ssh(host, &["-fNM", host]).map(|mut command| connecting.spawn(async move { command.status().await }));
        }
        connecting.join_all().await;
        let mut starting = JoinSet::new();
        for host in HOSTS.iter().cycle().take(count) {
            starting.spawn(runs(self.program(host)));
        }
        let running: Vec<_> = starting.join_all().await;
        let started = begun.elapsed();
        for program in running {
            program?.wait().await?;
        }
        for host in HOSTS {
            if let Some(mut command) = self.ssh(host, &["-Oexit", host]) {
                command.stderr(Stdio::null()).status().await?;
            }
        }
        Ok(started)
    }

    fn ssh(&self, host: &str, arguments: &[&str]) -> Option<Command> {
        let Alone::Ssh { configuration, sockets } = self else { return None };
        let mut command = Command::new("ssh");
        command.args(["-F", configuration, "-S", &format!("{sockets}-{host}"), "-oLogLevel=ERROR"]).args(arguments);
        Some(command)
    }

    fn program(&self, host: &str) -> Command {
        match self {
            Alone::Ssh { .. } => self.ssh(host, &[host, PROGRAM]).expect("it is by ssh"),
            Alone::Command(words) => {
                let mut words = words.iter().map(|word| word.replace("{host}", host));
                let mut command = Command::new(words.next().expect("it has words"));
                command.args(words).args(["sh", "-c", PROGRAM]);
                command
            }
        }
    }
}

/// Spawns it, and waits until it says that it runs.
async fn runs(mut command: Command) -> Result<Child> {
    let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let said = BufReader::new(program.stdout.as_mut().expect("it is piped")).lines().next_line().await?;
    assert_eq!(said.as_deref(), Some("runs"));
    Ok(program)
}
