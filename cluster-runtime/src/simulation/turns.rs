//! Whose turn it is: that of the simulation, or that of the waits on it.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};

use crate::lock::lock;

/// The simulation runs while there are waits and none of them has anything to look at.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waits: BTreeMap<u64, Waiting>,
    asked: u64,
    is_running: bool,
    /// How many blocking calls run: no time passes meanwhile.
    calls: usize,
    /// Wakes the simulation while it runs, so that it looks whether its turn is over.
    root: Option<Waker>,
    is_closed: bool,
    /// Nothing of it is left.
    is_over: bool,
    /// Wake what waits for that.
    until_over: Vec<Waker>,
}

#[derive(Debug)]
struct Waiting {
    progress: Progress,
    /// Wakes the task that waits.
    task: Waker,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Nothing has changed since it has looked.
    Idle,
    /// Something has.
    Woken,
    /// It is looking.
    Looking,
    /// It is looking, and something has changed meanwhile.
    LookingAgain,
}

/// What a wait is to do.
pub(super) enum Turn {
    /// To look at what is so.
    Look,
    /// To leave the simulation alone, until it is woken.
    Leave,
    /// To give up: the simulation has ended.
    Over,
}

impl Waiting {
    fn looks(&self) -> bool {
        matches!(self.progress, Progress::Looking | Progress::LookingAgain)
    }
}

impl State {
    fn is_idle(&self) -> bool {
        self.waits.values().all(|waiting| waiting.progress == Progress::Idle)
    }

    /// Whether the simulation has reason to run on.
    fn runs_on(&self) -> bool {
        !self.is_closed && !self.waits.is_empty() && self.is_idle()
    }

    fn stop(&mut self) -> Option<Waker> {
        self.root.clone().filter(|_| self.is_running)
    }
}

impl Turns {
    /// Begins a wait, and returns its number.
    pub(super) fn join(&self, task: &Waker) -> u64 {
        let mut state = lock(&self.state);
        state.asked += 1;
        let number = state.asked;
        state.waits.insert(number, Waiting { progress: Progress::Woken, task: task.clone() });
        let stop = state.stop();
        drop(state);
        stop.into_iter().for_each(Waker::wake);
        number
    }

    /// What the wait of this number is to do now.
    pub(super) fn take(&self, number: u64, task: &Waker) -> Turn {
        let mut state = lock(&self.state);
        if state.is_closed {
            return Turn::Over;
        }
        let is_running = state.is_running;
        let Some(waiting) = state.waits.get_mut(&number) else { return Turn::Over };
        if !waiting.task.will_wake(task) {
            waiting.task = task.clone();
        }
        if is_running || waiting.progress == Progress::Idle {
            return Turn::Leave;
        }
        waiting.progress = Progress::Looking;
        Turn::Look
    }

    /// The wait has looked, and waits on.
    pub(super) fn looked(&self, number: u64) {
        let mut state = lock(&self.state);
        let Some(waiting) = state.waits.get_mut(&number) else { return };
        let again = waiting.progress == Progress::LookingAgain;
        waiting.progress = if again { Progress::Woken } else { Progress::Idle };
        let task = waiting.task.clone();
        let somebody_looks = state.waits.values().any(Waiting::looks);
        // One that wakes itself leaves the simulation a turn before it looks again.
        if state.is_idle() || (again && !somebody_looks) {
            self.resume(state);
        } else if again {
            drop(state);
            task.wake();
        }
    }

    /// The wait is over.
    pub(super) fn leave(&self, number: u64) {
        let mut state = lock(&self.state);
        state.waits.remove(&number);
        if state.is_running {
            let stop = state.stop();
            drop(state);
            stop.into_iter().for_each(Waker::wake);
        } else if state.runs_on() {
            self.resume(state);
        }
    }

    fn resume(&self, mut state: MutexGuard<'_, State>) {
        state.is_running = !state.is_closed;
        drop(state);
        self.changed.notify_all();
    }

    /// Something has changed that this wait looks at.
    fn woken(&self, number: u64) {
        let mut state = lock(&self.state);
        let Some(waiting) = state.waits.get_mut(&number) else { return };
        waiting.progress = match waiting.progress {
            Progress::Idle | Progress::Woken => Progress::Woken,
            Progress::Looking | Progress::LookingAgain => Progress::LookingAgain,
        };
        let task = (waiting.progress == Progress::Woken).then(|| waiting.task.clone());
        let wake = if state.is_running { state.root.clone() } else { task };
        drop(state);
        wake.into_iter().for_each(Waker::wake);
    }

    /// What wakes the wait of this number.
    pub(super) fn waker(self: &Arc<Self>, number: u64) -> Waker {
        Arc::new(OfWait { turns: Arc::downgrade(self), number }).into()
    }

    /// Ends the simulation.
    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        state.is_closed = true;
        let stop = state.stop();
        drop(state);
        stop.into_iter().for_each(Waker::wake);
        self.changed.notify_all();
    }

    /// Blocks the thread of the simulation until it is its turn; `false` when it is to end.
    pub(super) fn begin(&self) -> bool {
        let mut state = lock(&self.state);
        while !state.is_running && !state.is_closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.is_closed
    }

    /// Resolves when the turn of the simulation is over.
    pub(super) fn poll_turn(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.state);
        if !state.root.as_ref().is_some_and(|root| root.will_wake(cx.waker())) {
            state.root = Some(cx.waker().clone());
        }
        if state.runs_on() { Poll::Pending } else { Poll::Ready(()) }
    }

    /// Whether the turn of the simulation is over.
    pub(super) fn is_turn_over(&self) -> bool {
        !lock(&self.state).runs_on()
    }

    pub(super) fn call_begun(&self) {
        lock(&self.state).calls += 1;
    }

    pub(super) fn call_ended(&self) {
        lock(&self.state).calls -= 1;
        self.changed.notify_all();
    }

    pub(super) fn has_calls(&self) -> bool {
        lock(&self.state).calls > 0
    }

    /// Blocks the thread of the simulation while blocking calls run, until its turn is over.
    pub(super) fn wait_for_calls(self: &Arc<Self>) {
        let mut state = lock(&self.state);
        state.root = Some(self.clone().into());
        while state.calls > 0 && state.runs_on() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The turn of the simulation is over: waits that were woken look at what is so.
    pub(super) fn end(&self) {
        let mut state = lock(&self.state);
        state.is_running = false;
        state.root = None;
        let woken = state.waits.values().filter(|waiting| waiting.progress == Progress::Woken);
        let tasks: Vec<_> = woken.map(|waiting| waiting.task.clone()).collect();
        drop(state);
        tasks.into_iter().for_each(Waker::wake);
    }

    /// Whether it is closed.
    pub(super) fn is_closed(&self) -> bool {
        lock(&self.state).is_closed
    }

    /// Resolves when nothing is left of a simulation that is closed.
    pub(super) fn poll_over(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.state);
        if state.is_over {
            return Poll::Ready(());
        }
        state.until_over.push(cx.waker().clone());
        Poll::Pending
    }

    /// Nothing of the simulation is left.
    pub(super) fn over(&self) {
        let mut state = lock(&self.state);
        state.is_over = true;
        let waits: Vec<_> = state.waits.values().map(|waiting| waiting.task.clone()).collect();
        let tasks = [waits, std::mem::take(&mut state.until_over)].concat();
        drop(state);
        tasks.into_iter().for_each(Waker::wake);
    }
}

/// Wakes the thread of the simulation while that is blocked.
impl Wake for Turns {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.changed.notify_all();
    }
}

/// Wakes a wait.
struct OfWait {
    turns: Weak<Turns>,
    number: u64,
}

impl Wake for OfWait {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(turns) = self.turns.upgrade() {
            turns.woken(self.number);
        }
    }
}
