//! The life of a node as one state machine. Nothing else changes the state of a node.
//!
//! ```text
//! created -- begin --> starting (phase by phase) -- started --> running
//!                             \                                /
//!                              +----------- end --------------+--> ended -- begin --> starting
//! ```

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use super::runner::Runner;
use crate::error::{End, Phase};
use crate::lock::lock;

/// A value that a running node makes available to its handles.
pub(crate) type Provided = Arc<dyn Any + Send + Sync>;

/// Where a node is in its life.
#[derive(Clone, Debug, Default)]
pub(crate) enum Stage {
    /// It was never started.
    #[default]
    Created,
    /// It is being started, and is in this phase.
    Starting(Phase),
    /// It was started.
    Running,
    /// It has ended.
    Ended(End),
}

impl Stage {
    pub(crate) fn is_alive(&self) -> bool {
        matches!(self, Stage::Starting(_) | Stage::Running)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stage::Created => f.write_str("was not started"),
            Stage::Starting(phase) => write!(f, "is being started (phase `{phase}`)"),
            Stage::Running => f.write_str("is running"),
            Stage::Ended(end) => end.fmt(f),
        }
    }
}

/// The number of a run of a node, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run(u64);

#[derive(Debug, Default)]
pub(crate) struct Lifecycle {
    life: Mutex<Life>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Life {
    run: Run,
    stage: Stage,
    is_private: bool,
    is_ready: bool,
    /// What the node is waiting for until it is ready, if its kind has reported it.
    waiting_for: String,
    is_stop_asked: bool,
    is_kill_asked: bool,
    /// Whether it is being dropped where it stands. It is not asked to stop then, so that no task of it comes to do so gracefully.
    is_aborted: bool,
    /// Whether this run was launched, or is about to be: then it records its end itself.
    is_launched: bool,
    /// Whether somebody is about to record the end of a run that has no task.
    is_end_claimed: bool,
    is_paused: bool,
    /// Whether all that follows from the end was done. Until then the node cannot begin another run.
    is_over: bool,
    is_end_expected: bool,
    /// Whether an error that the test was given has told of its death.
    is_death_told: bool,
    /// The first misuse or panic for which the node is to be ended.
    condemned_to: Option<End>,
    runner: Option<Runner>,
    provided: Option<Provided>,
}

impl Life {
    /// Whether it is in this run, which has not ended.
    fn is_in(&self, run: Run) -> bool {
        self.run == run && self.stage.is_alive()
    }

    /// Whether the caller has to record the end of a run that has no task: one caller alone, as the next run may begin then.
    fn claim_end(&mut self) -> bool {
        !self.is_launched && !std::mem::replace(&mut self.is_end_claimed, true)
    }

    /// Whether there is a run that is not over.
    fn is_present(&self) -> bool {
        !matches!(self.stage, Stage::Created) && !self.is_over
    }
}

impl Lifecycle {
    /// Begins a run with a new life; `None` if the node is running already.
    pub(super) fn begin(&self, is_private: bool) -> Option<Run> {
        self.change(|life| {
            if life.is_present() {
                return None;
            }
            let run = Run(life.run.0 + 1);
            *life = Life { run, stage: Stage::Starting(Phase::Identity), is_private, ..Life::default() };
            Some(run)
        })
    }

    /// Enters a phase of the start. Returns `false` if the node is in it already, or this run has ended. No wait is for a phase, and
    /// none is woken.
    pub(super) fn enter(&self, run: Run, phase: Phase) -> bool {
        let mut life = self.life();
        match life.stage {
            Stage::Starting(last) if life.run == run => {
                life.stage = Stage::Starting(phase);
                last != phase
            }
            _ => false,
        }
    }

    /// The start of this run is over. No wait is for that.
    pub(crate) fn started(&self, run: Run) {
        let mut life = self.life();
        if life.run == run && matches!(life.stage, Stage::Starting(_)) {
            life.stage = Stage::Running;
        }
    }

    /// The caller is about to run this run; `false` if it has ended. No wait is for that.
    pub(crate) fn launching(&self, run: Run) -> bool {
        let mut life = self.life();
        let is_on = life.is_in(run) && !life.is_end_claimed;
        life.is_launched |= is_on;
        is_on
    }

    /// The node runs on this from now on. It is ended at once if the node was killed in the meantime; one that was asked to stop has
    /// heard of it by itself.
    pub(crate) fn runs_on(&self, runner: Runner) {
        let is_aborted = self.change(|life| {
            // It may have ended already.
            if life.stage.is_alive() {
                life.runner = Some(runner.clone());
            }
            life.is_aborted
        });
        if is_aborted {
            runner.end();
        }
    }

    /// What the node runs on, while it runs.
    pub(crate) fn runner(&self) -> Option<Runner> {
        self.life().runner.clone()
    }

    /// The node is ready; `false` if it was ready before, or is to be ended.
    pub(super) fn ready(&self) -> bool {
        self.change(|life| life.condemned_to.is_none() && !std::mem::replace(&mut life.is_ready, true))
    }

    /// Sets what the node is waiting for until it is ready.
    pub(super) fn waits_for(&self, what: &str) {
        what.clone_into(&mut self.life().waiting_for);
    }

    /// The node has misused its interface, or a task of it has panicked. The first such end counts.
    pub(super) fn condemn(&self, end: End) {
        self.change(|life| {
            life.condemned_to.get_or_insert(end);
        });
    }

    pub(super) fn provide(&self, value: Provided) {
        // Without the lock, which a destructor may need.
        drop(self.change(|life| life.provided.replace(value)));
    }

    /// Drops what the node has provided.
    pub(crate) fn withdraw(&self) {
        drop(self.change(|life| life.provided.take()));
    }

    /// Asks the node to stop, and returns the run that is to end or about to be over; `None` if there is none.
    pub(crate) fn ask_to_stop(&self) -> Option<Run> {
        self.change(|life| {
            life.is_stop_asked |= life.stage.is_alive();
            life.is_present().then_some(life.run)
        })
    }

    /// The run that the node is in, if it runs.
    pub(crate) fn present_run(&self) -> Option<Run> {
        let life = self.life();
        life.stage.is_alive().then_some(life.run)
    }

    /// Asks the node to end this run at once by itself, unless it is over. Returns `true` if the caller has to record the end: a
    /// run without a task cannot, and will have none.
    pub(super) fn ask_to_die(&self, run: Run) -> bool {
        self.change(|life| {
            let is_on = life.is_in(run);
            life.is_kill_asked |= is_on;
            is_on && life.claim_end()
        })
    }

    pub(crate) fn is_kill_asked(&self) -> bool {
        self.life().is_kill_asked
    }

    /// The node is paused from now on; `false` if this run of it is over.
    pub(super) fn pause(&self, run: Run) -> bool {
        self.change(|life| {
            let is_on = life.is_in(run);
            life.is_paused |= is_on;
            is_on
        })
    }

    pub(super) fn resume(&self) {
        self.change(|life| life.is_paused = false);
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.life().is_paused
    }

    /// Resolves when the node is asked to end at once.
    pub(super) async fn until_kill_asked(&self) {
        self.until(|life| life.is_kill_asked.then_some(())).await;
    }

    /// Ends this run at once, unless it is over: it does not learn that it is to stop. Returns `true` if the caller has to record
    /// the end: a run with a task records it itself when the task has been dropped.
    pub(super) fn abort(&self, run: Run) -> bool {
        let runner = self.change(|life| {
            let is_on = life.is_in(run);
            life.is_aborted |= is_on;
            is_on.then(|| (life.claim_end(), life.runner.clone()))
        });
        let Some((is_claimed, runner)) = runner else { return false };
        if let Some(runner) = runner {
            runner.end();
        }
        is_claimed
    }

    /// Records the end of the node, unless it is recorded already. Returns `true` if the node was not asked to stop. The node
    /// stays ready if it was, so that it makes no difference whether a start sees the readiness or the end first. The run is
    /// over with a call of [`over`](Self::over).
    pub(super) fn end(&self, end: End) -> bool {
        self.withdraw();
        self.change(|life| {
            if !matches!(life.stage, Stage::Ended(_)) {
                // Whatever it does while it is aborted, that is its end.
                life.stage = Stage::Ended(if life.is_aborted { End::Killed } else { end });
            }
            life.runner = None;
            life.is_paused = false;
            !(life.is_stop_asked || life.is_kill_asked || life.is_aborted)
        })
    }

    /// All that follows from the end of the node was done.
    pub(super) fn over(&self) {
        self.change(|life| life.is_over = matches!(life.stage, Stage::Ended(_)));
    }

    /// The node's end counts as expected, if it has ended.
    pub(crate) fn expect_end(&self) {
        self.change(|life| life.is_end_expected |= matches!(life.stage, Stage::Ended(_)));
    }

    /// An error that the test is given tells of the node's death, if it has died.
    pub(super) fn death_told(&self) {
        self.change(|life| life.is_death_told |= matches!(life.stage, Stage::Ended(_)));
    }

    /// The node's death, unless it counts as expected or was told.
    pub(crate) fn death(&self) -> Option<End> {
        let life = self.life();
        match &life.stage {
            Stage::Ended(end) if end.is_death() && !life.is_end_expected && !life.is_death_told => Some(end.clone()),
            _ => None,
        }
    }

    pub(crate) fn stage(&self) -> Stage {
        self.life().stage.clone()
    }

    /// Its state in words, as in "is running".
    pub(crate) fn state(&self) -> String {
        let life = self.life();
        if life.is_paused { "is paused".to_owned() } else { life.stage.to_string() }
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.life().stage.is_alive()
    }

    pub(crate) fn is_private(&self) -> bool {
        self.life().is_private
    }

    /// Whether its start has come past the phase ready.
    pub(crate) fn was_ready(&self) -> bool {
        matches!(self.life().stage, Stage::Starting(Phase::Connected) | Stage::Running)
    }

    /// Whether it was stopped or killed, and may be unable to answer.
    pub(crate) fn is_ending(&self) -> bool {
        let life = self.life();
        life.is_stop_asked || life.is_kill_asked || life.is_aborted
    }

    /// Whether it is asked to stop, or is being dropped.
    pub(crate) fn is_to_end(&self) -> bool {
        let life = self.life();
        life.is_stop_asked || life.is_aborted
    }

    pub(crate) fn waiting_for(&self) -> String {
        self.life().waiting_for.clone()
    }

    pub(crate) fn provided(&self) -> Option<Provided> {
        self.life().provided.clone()
    }

    /// How it ended, if it has.
    pub(crate) fn last_end(&self) -> Option<End> {
        match &self.life().stage {
            Stage::Ended(end) => Some(end.clone()),
            _ => None,
        }
    }

    /// What is wrong with the node, in words, if anything is: it is dead, was killed, or is not ready.
    pub(crate) fn trouble(&self) -> Option<String> {
        let life = self.life();
        match &life.stage {
            Stage::Ended(end) if !life.is_end_expected && (end.is_death() || matches!(end, End::Killed)) => {
                Some(end.to_string())
            }
            Stage::Starting(_) | Stage::Running if life.is_paused => Some("is paused".to_owned()),
            Stage::Starting(_) if !life.waiting_for.is_empty() => Some(format!("{}: {}", life.stage, life.waiting_for)),
            Stage::Starting(_) => Some(life.stage.to_string()),
            _ => None,
        }
    }

    /// The end that it was condemned to, if it was.
    pub(crate) fn condemned(&self) -> Option<End> {
        self.life().condemned_to.clone()
    }

    /// Resolves when this run has provided a value of this type, with that and what the node runs on; with `None` when it is over
    /// first.
    pub(crate) async fn until_provided(&self, of: TypeId, run: Run) -> Option<(Provided, Runner)> {
        self.until(|life| {
            if life.run != run || matches!(life.stage, Stage::Ended(_)) {
                return Some(None);
            }
            let value = life.provided.clone().filter(|value| (**value).type_id() == of)?;
            // An isolated node may provide it before its thread is known.
            Some(Some((value, life.runner.clone()?)))
        })
        .await
    }

    /// Resolves when the node is ready.
    pub(crate) async fn until_ready(&self) {
        self.until(|life| life.is_ready.then_some(())).await;
    }

    /// Resolves when the node is asked to stop.
    pub(super) async fn until_stop_asked(&self) {
        self.until(|life| life.is_stop_asked.then_some(())).await;
    }

    /// Resolves when the node has been condemned.
    pub(crate) async fn until_condemned(&self) -> End {
        self.until(|life| life.condemned_to.clone()).await
    }

    /// Resolves when the node is not running: with its end, or with `None` if it was never started.
    pub(crate) async fn until_ended(&self) -> Option<End> {
        self.until(|life| match &life.stage {
            Stage::Ended(end) if life.is_over => Some(Some(end.clone())),
            Stage::Created => Some(None),
            Stage::Ended(_) | Stage::Starting(_) | Stage::Running => None,
        })
        .await
    }

    /// Resolves with its end when this run is over. If the node was started again since, it was killed or stopped.
    pub(crate) async fn until_over(&self, run: Run) -> End {
        self.until(|life| match &life.stage {
            _ if life.run != run => Some(End::Killed),
            Stage::Ended(end) if life.is_over => Some(end.clone()),
            _ => None,
        })
        .await
    }

    /// Changes the life, and wakes all waits for a change.
    fn change<T>(&self, change: impl FnOnce(&mut Life) -> T) -> T {
        let output = change(&mut self.life());
        self.changed.notify_waiters();
        output
    }

    async fn until<T>(&self, mut check: impl FnMut(&mut Life) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            if let Some(found) = check(&mut self.life()) {
                return found;
            }
            changed.await;
        }
    }

    /// The lock is never held across an await.
    fn life(&self) -> MutexGuard<'_, Life> {
        lock(&self.life)
    }
}
