use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cluster_topology::Topology;

use super::jsonl::EVENTS;
use super::moment::Moment;
use super::settings::Settings;
use super::test::Test;
use crate::error::MissingLink;
use crate::event::{Event, Level};
use crate::verdict::{CallSite, FailedWait, GivenUp};

/// How many waits that have not ended are told of.
const WAITS: usize = 3;

/// All that is told of a cluster.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) settings: Settings,
    pub(crate) test: Test,
    pub(crate) occasion: Occasion,
    pub(crate) at: SystemTime,
    pub(crate) seed: u64,
    /// The seed of its simulation, if it was in simulated time.
    pub(crate) simulated: Option<u64>,
    /// The message and the place of the panic in which the cluster is dropped.
    pub(crate) panic: Option<String>,
    pub(crate) failed: Option<Arc<FailedWait>>,
    /// The waits that the test has given up, the last one first.
    pub(crate) given_up: Vec<GivenUp>,
    /// What the test waits for while this is told, and since when.
    pub(crate) waiting: Vec<(String, CallSite, Duration)>,
    /// The nodes that are not as they should be.
    pub(crate) troubled: Vec<TroubledNode>,
    pub(crate) declared: Topology,
    /// Declared links that are not up.
    pub(crate) missing: Vec<MissingLink>,
    /// Links that are up and were not declared.
    pub(crate) undeclared: Vec<String>,
    /// The faults that are in force, with what ran into them.
    pub(crate) faults: Vec<String>,
    /// A fault that no traffic ran into.
    pub(crate) idle: Option<String>,
    pub(crate) events: Vec<Arc<Event>>,
    /// The directories of nodes.
    pub(crate) files: Vec<(Arc<str>, PathBuf)>,
    /// Whether the test has stopped all nodes, and all have ended as they should.
    pub(crate) is_stopped: bool,
}

/// When something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// While the test runs: it may be killed.
    Running,
    /// The cluster is dropped.
    Dropped,
    /// The test is ended by SIGTERM.
    Terminated,
}

/// What the moment that is told of is called.
pub(super) struct Told {
    /// As in "the network ..".
    pub(super) when: &'static str,
    /// In a word.
    pub(super) mark: &'static str,
    /// The class of the page's head.
    pub(super) tone: &'static str,
}

/// A node that is not as it should be.
#[derive(Debug)]
pub(crate) struct TroubledNode {
    pub(crate) name: String,
    /// What is wrong with it, in words.
    pub(crate) state: String,
    /// Whether it has ended, and nobody had asked it to.
    pub(crate) is_dead: bool,
    /// The lines of its log that matter.
    pub(crate) lines: Vec<String>,
}

impl Facts {
    /// What failed, in sentences, the first being the most telling one.
    pub(super) fn causes(&self) -> Vec<String> {
        let panic = self.panic.iter().map(|panic| format!("the test panicked at {panic}"));
        let failed =
            self.failed.iter().filter(|failed| !self.panic.iter().any(|panic| panic.contains(&failed.summary)));
        let failed = failed.map(|failed| {
            let what = if failed.start.is_some() { "a start" } else { "a wait" };
            let others = if failed.count > 1 { format!(" (the last of {})", failed.count) } else { String::new() };
            format!("{what} failed{}{others}: {}", failed.at, failed.summary)
        });
        let dead = self.troubled.iter().filter(|node| node.is_dead).take(3);
        let dead = dead.map(|node| format!("node `{}` {}", node.name, node.state));
        let unfinished = match self.occasion {
            Occasion::Running => Some(format!(
                "the test has not ended: it was killed, or it still runs, or its cluster is shared and never dropped; this was \
                 told at {}, and what came later is in {EVENTS}",
                Moment(self.at)
            )),
            Occasion::Terminated => {
                Some("the test was ended by SIGTERM, as at a timeout, before it was done".to_owned())
            }
            Occasion::Dropped => None,
        };
        let waiting = self.waiting.iter().take(WAITS);
        let waiting =
            waiting.map(|(what, at, since)| format!("it has waited for {what} for {:.1} s{at}", since.as_secs_f64()));
        let given_up = self.given_up.iter().map(|GivenUp { what, at, after, .. }| {
            format!("the test gave up after {:.1} s waiting for {what}{at}", after.as_secs_f64())
        });
        let of_waits = waiting.chain(given_up).chain(failed);
        let mut causes: Vec<_> = unfinished.into_iter().chain(panic).chain(of_waits).collect();
        for dead in dead {
            if !causes.iter().any(|cause| cause.contains(&dead)) {
                causes.push(dead);
            }
        }
        if causes.is_empty() {
            let well = if self.is_stopped { "nothing failed" } else { "the cluster was dropped without `stop()`" };
            causes.push(well.to_owned());
        }
        causes
    }

    /// The moment that is told of: the last one, unless something failed before.
    pub(super) fn moment(&self) -> Told {
        let is_failure = self.panic.is_some()
            || self.failed.is_some()
            || !self.given_up.is_empty()
            || self.troubled.iter().any(|node| node.is_dead);
        match self.occasion {
            _ if is_failure => Told { when: "when it failed", mark: "failure", tone: "bad" },
            Occasion::Running => Told { when: "when this was written", mark: "last", tone: "bad" },
            Occasion::Terminated => Told { when: "when the test was ended", mark: "end", tone: "bad" },
            Occasion::Dropped => Told { when: "at its end", mark: "end", tone: "well" },
        }
    }

    /// The command that runs the test again.
    pub(super) fn command(&self) -> String {
        self.test.command(self.seed)
    }

    /// Warnings and errors that other nodes have reported than those that are not as they should be.
    pub(super) fn warnings(&self) -> Vec<&Arc<Event>> {
        let is_listed = |event: &Event| self.troubled.iter().any(|node| *node.name == *event.node);
        self.events.iter().filter(|event| event.level >= Level::Warning && !is_listed(event)).collect()
    }

    /// How many events there were when it failed: that many of the first are before it.
    pub(super) fn events_before(&self) -> usize {
        let failed = self.failed.as_ref().filter(|failed| self.panic.is_none() || failed.start.is_some());
        let given_up = self.given_up.first().filter(|_| self.panic.is_none());
        let marks = failed.map(|failed| failed.mark).into_iter().chain(given_up.map(|given_up| given_up.mark));
        let last = marks.max();
        last.map_or(self.events.len(), |mark| self.events.partition_point(|event| event.number < mark.0))
    }
}

#[cfg(test)]
impl Facts {
    /// Of a cluster that is well, with these events: node, section, name and value.
    pub(super) fn of_events(
        declared: Topology,
        events: &[(&str, &'static str, &'static str, serde_json::Value)],
    ) -> Self {
        let event = |(number, (node, section, name, value)): (
            usize,
            &(&str, &'static str, &'static str, serde_json::Value),
        )| {
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(number as u64);
            let (node, section, name, value) = ((*node).into(), (*section).into(), (*name).into(), value.clone());
            Arc::new(Event { number: number as u64, time, node, level: Level::Info, section, name, value })
        };
        Self {
            settings: Settings::of_environment(),
            test: Test::of_thread(None),
            at: SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1),
            seed: 7,
            simulated: None,
            occasion: Occasion::Dropped,
            panic: None,
            failed: None,
            given_up: Vec::new(),
            waiting: Vec::new(),
            troubled: Vec::new(),
            declared,
            missing: Vec::new(),
            undeclared: Vec::new(),
            faults: Vec::new(),
            idle: None,
            events: events.iter().enumerate().map(event).collect(),
            files: Vec::new(),
            is_stopped: false,
        }
    }
}
