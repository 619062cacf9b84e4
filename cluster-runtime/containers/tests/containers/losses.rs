//! Links that lose packets, measured by datagrams.

use cluster_runtime::handle::Mark;
use cluster_runtime::{DefaultLevel, Feature, Node, Process, Ready, Result, cluster};

use serde_json::Value;

use super::at_all_places;
use super::with_faults::At;

at_all_places! {
    datagrams_are_lost_as_declared_and_as_set_at_run_time
}

/// How many datagrams a round has.
const SENT: u32 = 1000;

/// Counts datagrams, in rounds of 1,000. At the end of each 100 it answers, as often as it is asked.
const RECEIVER: &str = r#"
    use strict; use Socket;
    my ($ip, $port) = @ARGV;
    $| = 1;
    my $socket;
    socket($socket, PF_INET, SOCK_DGRAM, 0) && bind($socket, pack_sockaddr_in($port, inet_aton($ip))) or die $!;
    print "listens\n";
    my ($count, $ended) = (0, 0);
    while (defined(my $from = recv($socket, my $said, 64, 0))) {
        if ($said !~ /^end (\d+)/) { $count++; next }
        send($socket, $said, 0, $from);
        next if $1 == $ended;
        $ended = $1;
        next if $ended % 10;
        print "round ", $ended / 10, ": $count\n";
        $count = 0;
    }
"#;

/// Sends 100 datagrams at a time, which every buffer has room for, and says that they have ended until that is answered.
const SENDER: &str = r#"
    use strict; use Socket;
    my ($ip, $port) = @ARGV;
    my $socket;
    socket($socket, PF_INET, SOCK_DGRAM, 0) && connect($socket, pack_sockaddr_in($port, inet_aton($ip))) or die $!;
    for (my $end = 1;; $end++) {
        for (1..100) { send($socket, "datagram", 0) }
        for (my $answer = ""; $answer ne "end $end";) {
            send($socket, "end $end", 0);
            vec(my $readable = "", fileno($socket), 1) = 1;
            recv($socket, $answer, 64, 0) if select($readable, undef, undef, 0.005) > 0;
        }
    }
"#;

fn receiver() -> Process {
    Process::new("perl", |node, command| {
        command.args(["-e", RECEIVER, &node.addr().ip().to_string(), &node.addr().port().to_string()]);
    })
    .ready(Ready::log_line("listens"))
    .supports(Feature::Private)
}

fn sender() -> Process {
    Process::new("perl", |node, command| {
        let to = node.peers()[0].addr();
        command.args(["-e", SENDER, &to.ip().to_string(), &to.port().to_string()]);
    })
    .supports(Feature::Private)
}

/// How many datagrams have come of a round that began after this mark.
async fn arrived(receiver: &Node<Process>, mark: Mark) -> Result<u32> {
    let round_of = |line: &str| {
        let (round, count) = line.strip_prefix("round ")?.split_once(": ")?;
        Some((round.parse::<u32>().ok()?, count.parse::<u32>().ok()?))
    };
    let read = |value: &Value| value.as_str().and_then(round_of);
    let (first, _) = receiver.wait_for("output", read).since(mark).await?;
    receiver.wait_for("output", |value| read(value).filter(|(round, _)| *round > first).map(|(_, count)| count)).await
}

async fn datagrams_are_lost_as_declared_and_as_set_at_run_time(at: At) -> Result {
    let net = cluster! { to = receiver(); from = sender(): connect(to, loss = 0.2) };
    let net = net.start().on(at.place()).event_level(DefaultLevel::Debug).await?;
    // Five deviations of 1,000 trials to each side.
    let declared = arrived(&net.to, net.mark()).await?;
    assert!((737..=863).contains(&declared), "of {SENT} with a loss of 0.2 declared: {declared}");
    let worse = net.condition(&net.to, &net.from).loss(0.6).await?;
    let set = arrived(&net.to, net.mark()).await?;
    assert!((323..=477).contains(&set), "of {SENT} with a loss of 0.6 set: {set}");
    worse.heal().await?;
    let again = arrived(&net.to, net.mark()).await?;
    assert!((737..=863).contains(&again), "of {SENT} once the loss is as declared: {again}");
    net.stop().await
}
