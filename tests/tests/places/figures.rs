//! How long things take in network namespaces, and by the same commands alone: `cargo test -p cluster-tests --test places figures --
//! --ignored --nocapture --test-threads=1`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use cluster_runtime::place::Namespaces;
use cluster_runtime::{Process, Result, cluster};

use super::At;

const ROUNDS: usize = 5;
const CUTS: usize = 20;

fn sleeper() -> Process {
    Process::new("sleep", |_, command| {
        command.arg(1000);
    })
}

/// Sends each of its peers a datagram a hundred times a second.
fn sender() -> Process {
    Process::new("bash", |node, command| {
        let peers: Vec<_> = node.peers().iter().map(|peer| format!("/dev/udp/{}/10000", peer.addr().ip())).collect();
        let script =
            "exec 3<> <(:); while :; do for peer; do echo datagram >$peer; done; read -t 0.01 -u 3; done 2>/dev/null";
        command.args(["-c", script, "sender"]).args(peers);
    })
}

#[tokio::test]
#[ignore = "a measurement"]
async fn programs() -> Result {
    if !At::Namespaces.is_had().await {
        return Ok(());
    }
    println!("\n| programs | `Namespaces` | the commands alone | ratio | `Local` | stop |");
    for count in [10, 200] {
        let (mut ours, mut theirs, mut here, mut stops) = (vec![], vec![], vec![], vec![]);
        for _ in 0..ROUNDS {
            theirs.push(Alone::start(count)?.1);
            for (at, times) in [(At::ThisMachine, &mut here), (At::Namespaces, &mut ours)] {
                let begun = Instant::now();
                let net = cluster! { use sleeper(); n[dyn count] }.start().public(true).on(at.place()).await?;
                times.push(begun.elapsed());
                let begun = Instant::now();
                net.stop().await?;
                stops.push(begun.elapsed());
            }
        }
        let (ours, theirs, here, stop) = (median(ours), median(theirs), median(here), median(stops));
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!("| {count} | {ours:.2?} | {theirs:.2?} | {ratio:.2} | {here:.2?} | {stop:.2?} |");
    }
    Ok(())
}

#[tokio::test]
#[ignore = "a measurement"]
async fn a_cut() -> Result {
    if !At::Namespaces.is_had().await {
        return Ok(());
    }
    let (mut alone, _) = Alone::start(5)?;
    let net = cluster! { use sender(); n[5]: clique }.start().public(true).on(Namespaces::new()).await?;
    let (mut cuts, mut heals, mut theirs) = (vec![], vec![], vec![]);
    let (mut withheld, mut crossed) = (0, 0);
    for _ in 0..CUTS {
        theirs
            .push(alone.run("nft add element ip cluster cut '{ 198.18.1.1 . 198.18.1.2, 198.18.1.2 . 198.18.1.1 }'")?);
        alone.run("nft delete element ip cluster cut '{ 198.18.1.1 . 198.18.1.2, 198.18.1.2 . 198.18.1.1 }'")?;
        let begun = Instant::now();
        let cut = net.isolate(&net.n[0]).await?;
        cuts.push(begun.elapsed());
        cut.wait_bitten().await?;
        let begun = Instant::now();
        cut.heal().await?;
        heals.push(begun.elapsed());
        withheld += cut.evidence().packets;
        crossed += cut.evidence().crossed;
    }
    let worst = cuts.iter().max().copied().unwrap_or_default();
    let (cut, heal, theirs) = (median(cuts), median(heals), median(theirs));
    println!(
        "\n| one of five isolated, with proof | worst | healed | a cut of a pair by `nft` alone | withheld | crossed |"
    );
    println!("| {cut:.1?} | {worst:.1?} | {heal:.1?} | {theirs:.1?} | {withheld} packets | {crossed} |");
    net.stop().await
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Programs in namespaces by commands alone.
struct Alone {
    shell: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Alone {
    /// So many, and how long it took until all of them run.
    fn start(count: usize) -> Result<(Self, Duration)> {
        let begun = Instant::now();
        let mut unshare = Command::new("unshare");
        unshare.args([
            "--user",
            "--map-root-user",
            "--net",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
        ]);
        unshare.args(["sh", "-c", include_str!("figures.sh"), "figures", &count.to_string()]);
        let mut shell = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = shell.stdin.take();
        let output = BufReader::new(shell.stdout.take().expect("it is piped"));
        let mut alone = Self { shell, input, output };
        (0..count).try_for_each(|_| alone.expect("runs"))?;
        Ok((alone, begun.elapsed()))
    }

    /// How long a command takes.
    fn run(&mut self, command: &str) -> Result<Duration> {
        let begun = Instant::now();
        writeln!(self.input.as_mut().expect("it is open"), "{command}")?;
        self.expect("done")?;
        Ok(begun.elapsed())
    }

    fn expect(&mut self, wanted: &str) -> Result {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        assert_eq!(line.trim(), wanted);
        Ok(())
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        // It ends with its input.
        self.input = None;
        let _ = self.shell.wait();
    }
}
