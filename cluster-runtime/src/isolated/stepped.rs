//! A life in simulated time: its runtime has no thread, and runs when the simulation lets it.

use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;

use super::control::Control;
use super::member;
use super::outcome::{Outcome, Panic};
use super::threads::Thread;
use super::{Isolated, Options, life};
use crate::collector::Origin;
use crate::simulation::{Paced, Resident, Simulation, Turns};

impl Isolated {
    /// The same as [`start`](Self::start) in a simulation, on whose thread it runs.
    pub(crate) fn start_in<F: Future + Send + 'static>(
        simulation: &Simulation,
        name: &str,
        options: Options,
        origin: Origin,
        life: impl FnOnce() -> F + Send + 'static,
        ended: impl FnOnce(Outcome<F::Output>) + Send + 'static,
    ) -> io::Result<Self> {
        super::watch_panics();
        let control = Arc::new(Control::new(name, None, options.tolerates_panics, origin));
        let (asked, begun) = (control.clone(), control.clone());
        let of_blocking_calls = name.to_owned();
        let thread_name = move || {
            asked.threads.expect();
            of_blocking_calls.clone()
        };
        let thread_start = move || member::begin_other(&begun);
        let runtime =
            Paced::new(simulation.turns(), Builder::new_current_thread(), thread_name, thread_start, || true)?;
        control.open(runtime.handle().clone());
        control.threads.expect();
        let root = control.threads.begin_root();
        root.idles();
        let passed = simulation.time().passed();
        // Made in its first poll: what it does there already belongs to this runtime, and may panic.
        let life = Box::pin(async move { life().await });
        let state = Some(State { runtime, life, ended: Box::new(ended) });
        simulation.admit(Box::new(Stepped { control: control.clone(), root, state, passed, is_paused: false }));
        Ok(Self { control })
    }
}

struct Stepped<F: Future> {
    control: Arc<Control>,
    /// What stands for the thread that it has not.
    root: Arc<Thread>,
    /// Until its end.
    state: Option<State<F>>,
    /// How much time had passed in the simulation at the moment that its clock shows.
    passed: Duration,
    is_paused: bool,
}

struct State<F: Future> {
    runtime: Paced,
    life: Pin<Box<F>>,
    ended: Box<dyn FnOnce(Outcome<F::Output>) + Send>,
}

impl<F: Future> Stepped<F> {
    /// Does what is to be done now, and returns how it has ended, if it has.
    fn step(&mut self, now: Duration, turns: &Turns) -> Option<Outcome<F::Output>> {
        let Self { control, state: Some(state), passed, is_paused, .. } = self else { return None };
        // Whatever is asked of it wakes it.
        if state.runtime.is_rung() {
            *is_paused = control.rests();
            if *is_paused {
                state.runtime.is_heard();
                return None;
            }
            if let Some(ending) = control.ending() {
                return Some(ending.outcome());
            }
        }
        if *passed < now {
            state.runtime.advance(now - *passed);
            *passed = now;
        }
        let life = &mut state.life;
        let step = || state.runtime.run(turns, |cx| life::poll(control, control.heed(cx.waker()), life.as_mut(), cx));
        catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|payload| {
            Some(Outcome::Panicked(control.panic().unwrap_or_else(|| Panic::caught(&*payload))))
        })
    }

    /// Drops all that it holds, and tells how it has ended.
    fn end(&mut self, outcome: Outcome<F::Output>) {
        let Some(State { runtime, life, ended }) = self.state.take() else { return };
        self.control.close();
        {
            let _context = runtime.handle().enter();
            // Whatever a destructor does, the others have their turn.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(life)));
        }
        runtime.end();
        ended(outcome);
        self.control.ended();
        if self.control.threads.end(&self.root) {
            self.control.gone();
        }
    }
}

impl<F: Future + Send> Resident for Stepped<F> {
    fn is_woken(&self, now: Duration) -> bool {
        let Some(state) = &self.state else { return false };
        match self.is_paused {
            true => state.runtime.is_rung(),
            false => self.passed < now || state.runtime.is_woken(),
        }
    }

    fn run(&mut self, now: Duration, turns: &Turns) -> bool {
        let control = self.control.clone();
        member::visit(&control, || {
            control.origin.within(|| {
                if let Some(outcome) = self.step(now, turns) {
                    self.end(outcome);
                }
            });
        });
        self.state.is_some()
    }
}

impl<F: Future> Drop for Stepped<F> {
    fn drop(&mut self) {
        self.end(Outcome::Killed);
    }
}
