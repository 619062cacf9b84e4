//! The scenarios that each simulator runs, in a program of its own.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How long an idle node sleeps at a time.
pub const NAP: Duration = Duration::from_secs(1);
/// What a client sends.
pub const MESSAGE: [u8; 64] = [7; 64];
/// How long a message is under way, at least and at most.
pub const LATENCY: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(2)];
/// The members of a Raft.
pub const MEMBERS: usize = 5;
/// What they agree on under each of its two leaders.
pub const WORDS: usize = 10;
/// How long a test waits before it looks for a leader again.
pub const PAUSE: Duration = Duration::from_millis(10);

/// What a program is asked to run.
#[derive(Clone, Copy, Debug)]
pub enum Scenario {
    /// So many nodes sleep for [`NAP`] again and again, for so long.
    Idle(usize, Duration),
    /// So many clients have [`MESSAGE`] echoed so many times, one after the other, each by a server of its own.
    Echo(usize, usize),
    /// So many times [`MEMBERS`] members elect a leader and agree on [`WORDS`] words, the leader is cut off, and the others elect
    /// another one and agree on as many.
    Raft(u64),
}

impl Scenario {
    /// What the arguments of this program ask for: `idle NODES SECONDS`, `echo PAIRS TIMES` or `raft TIMES`.
    ///
    /// # Panics
    /// When they ask for nothing known.
    pub fn from_args() -> Self {
        let args: Vec<_> = std::env::args().skip(1).collect();
        let number = |at: usize| args.get(at).and_then(|number| number.parse().ok());
        match (args.first().map(String::as_str), number(1), number(2)) {
            (Some("idle"), Some(nodes), Some(seconds)) => Self::Idle(nodes, Duration::from_secs(seconds as u64)),
            (Some("echo"), Some(pairs), Some(times)) => Self::Echo(pairs, times),
            (Some("raft"), Some(times), _) => Self::Raft(times as u64),
            _ => panic!("expected `idle NODES SECONDS`, `echo PAIRS TIMES` or `raft TIMES`, found {args:?}"),
        }
    }
}

/// How openraft is set, for all.
pub fn config() -> openraft::Config {
    openraft::Config {
        heartbeat_interval: 50,
        election_timeout_min: 200,
        election_timeout_max: 400,
        snapshot_policy: openraft::SnapshotPolicy::Never,
        ..openraft::Config::default()
    }
}

/// Tells how much virtual time has passed, and the processor time of this process so far, in nanoseconds.
pub fn tell(passed: Duration) {
    let processor = clock_gettime(ClockId::ProcessCPUTime);
    println!("{} {}", passed.as_nanos(), processor.tv_sec * 1_000_000_000 + processor.tv_nsec);
}
