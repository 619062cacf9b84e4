use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use super::paced::Paced;
use super::turns::Turns;
use crate::clock::VirtualTime;
use crate::lock::lock;

/// By how much time passes where a node has a runtime of its own, which does not tell when it has to do something next: as exactly
/// as tokio's timers do.
const TICK: Duration = Duration::from_millis(1);

/// A node that has a runtime of its own in the simulation.
pub(crate) trait Resident: Send {
    /// Whether it has something to do at this moment.
    fn is_woken(&self, now: Duration) -> bool;

    /// Runs until nothing is left to do at this moment, or the turn is over. `false` when nothing of it is left.
    fn run(&mut self, now: Duration, turns: &Turns) -> bool;
}

/// Those that wait for their first turn, and how many there are.
#[derive(Default)]
pub(super) struct Arrivals {
    waiting: Mutex<Vec<Box<dyn Resident>>>,
    present: AtomicUsize,
}

impl Arrivals {
    pub(super) fn add(&self, resident: Box<dyn Resident>) {
        self.present.fetch_add(1, Ordering::SeqCst);
        lock(&self.waiting).push(resident);
    }

    pub(super) fn are_none(&self) -> bool {
        self.present.load(Ordering::SeqCst) == 0
    }

    fn take(&self) -> Vec<Box<dyn Resident>> {
        std::mem::take(&mut *lock(&self.waiting))
    }
}

/// All that the thread of a simulation runs, one after the other: its own runtime, and those of residents.
pub(super) struct Stage {
    main: Paced,
    residents: Vec<Box<dyn Resident>>,
    arrivals: Arc<Arrivals>,
    time: VirtualTime,
    /// Who runs next: the main runtime, or the resident before this.
    next: usize,
    /// Whether nobody in this round has had anything to do so far.
    is_idle: bool,
    /// Whether blocking calls ran when this round began.
    had_calls: bool,
}

impl Stage {
    pub(super) fn new(main: Paced, arrivals: Arc<Arrivals>, time: VirtualTime) -> Self {
        Self { main, residents: Vec::new(), arrivals, time, next: 0, is_idle: false, had_calls: false }
    }

    /// Runs on from where it was until the turn is over, or has to be looked at. Time passes where nobody has anything to do.
    pub(super) fn turn(&mut self, turns: &Arc<Turns>) {
        let mut now = self.time.passed();
        loop {
            if self.next == 0 {
                self.residents.append(&mut self.arrivals.take());
                if std::mem::take(&mut self.is_idle) {
                    if turns.has_calls() {
                        turns.wait_for_calls();
                        return;
                    }
                    // One that has ended in this round may have woken a node that was looked at before.
                    if !self.had_calls {
                        self.main.advance(TICK);
                        self.time.moved();
                    }
                }
                (self.is_idle, self.had_calls) = (true, turns.has_calls());
                // It may have moved its clock itself.
                now = self.time.passed();
            }
            let has_run = self.run_next(now, turns);
            self.is_idle &= !has_run;
            if has_run && turns.is_turn_over() {
                return;
            }
        }
    }

    /// Whether it had anything to do.
    fn run_next(&mut self, now: Duration, turns: &Turns) -> bool {
        let Some(index) = self.next.checked_sub(1) else {
            self.next = usize::from(!self.residents.is_empty());
            let runs = self.main.is_woken() || self.arrivals.are_none();
            if runs {
                self.main.run(turns, |_| Poll::<()>::Pending);
            }
            return runs;
        };
        let resident = &mut self.residents[index];
        let runs = resident.is_woken(now);
        if runs && !resident.run(now, turns) {
            drop(self.residents.remove(index));
            self.arrivals.present.fetch_sub(1, Ordering::SeqCst);
        } else {
            self.next += 1;
        }
        self.next %= self.residents.len() + 1;
        runs
    }

    /// Drops all of it, wherever it stands.
    pub(super) fn end(self) {
        drop(self.residents);
        drop(self.arrivals.take());
        self.main.end();
    }
}
