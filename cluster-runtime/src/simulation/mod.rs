//! A simulation: a thread whose runtime has a virtual time, which passes only while the test waits.
//!
//! All of it that runs does so on one thread, under a paused clock, and only in turns that waits give it: phases, nodes, probes and
//! what waits spawn. As soon as it wakes one of the waits it stops, and the wait looks on its own thread at what is so, in the context
//! of that runtime. So what happens, and when, depends on no other thread.
//!
//! Nodes, kinds and faults do not know: `clock` asks which time the calling thread is in, and the spot gives sockets that are
//! simulated. An isolated node has a runtime of its own, which that thread runs in its turn; as long as there is one, time passes a
//! millisecond at a time, as no runtime of tokio tells its next timer.

mod driven;
mod halt;
mod paced;
mod schedule;
mod stage;
mod turns;

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::thread;

use tokio::runtime::Builder;
use tokio::runtime::Handle;

use driven::{Driven, Work};
use stage::{Arrivals, Stage};

use crate::clock::Shown;
use crate::clock::VirtualTime;

pub(crate) use halt::Halt;
pub(crate) use paced::Paced;
pub(crate) use schedule::Schedule;
pub(crate) use stage::Resident;
pub(crate) use turns::Turns;

thread_local! {
    static IS_SIMULATION: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is that of a simulation: it runs nodes of one cluster, and no code of the test itself.
#[cfg(feature = "tracing")]
pub(crate) fn is_simulation() -> bool {
    IS_SIMULATION.get()
}

/// A handle to a simulation. It ends when it is closed, or its last handle is dropped.
#[derive(Clone)]
pub(crate) struct Simulation(Arc<Inner>);

struct Inner {
    seed: u64,
    runtime: Handle,
    time: VirtualTime,
    schedule: Arc<Schedule>,
    turns: Arc<Turns>,
    arrivals: Arc<Arrivals>,
}

impl Simulation {
    /// Starts its thread. Its output is captured with that of the calling thread.
    ///
    /// # Errors
    /// When no thread can be had.
    pub(crate) fn start(seed: u64) -> io::Result<Self> {
        let arrivals = Arc::<Arrivals>::default();
        let residents = arrivals.clone();
        let turns = Arc::<Turns>::default();
        let name = || "cluster-simulation".to_owned();
        let shown = Arc::<Shown>::default();
        let (mut builder, of_clock) = (Builder::new_current_thread(), shown.clone());
        // Its clock moves by itself only while its thread is parked.
        builder.on_thread_unpark(move || of_clock.look());
        let main = Paced::new(&turns, builder, name, || (), move || !residents.are_none())?;
        let (handle, time) = (main.handle().clone(), VirtualTime::of(main.handle(), shown));
        let schedule = Arc::new(Schedule::new(time.began()));
        handle.spawn(schedule.clone().run());
        let (of_thread, turns_of_thread, of_stage) = (time.clone(), turns.clone(), arrivals.clone());
        thread::Builder::new().name(name()).spawn(move || {
            IS_SIMULATION.set(true);
            let _time = of_thread.enter();
            let mut stage = Stage::new(main, of_stage, of_thread.clone());
            while turns_of_thread.begin() {
                stage.turn(&turns_of_thread);
                if turns_of_thread.is_turn_over() {
                    turns_of_thread.end();
                }
            }
            // What is left of its tasks ends here.
            stage.end();
            turns_of_thread.over();
        })?;
        Ok(Self(Arc::new(Inner { seed, runtime: handle, time, schedule, turns, arrivals })))
    }

    /// What its random choices follow from.
    pub(crate) fn seed(&self) -> u64 {
        self.0.seed
    }

    /// The runtime of all that is simulated.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.0.runtime
    }

    pub(crate) fn time(&self) -> &VirtualTime {
        &self.0.time
    }

    pub(crate) fn turns(&self) -> &Arc<Turns> {
        &self.0.turns
    }

    /// Lets one live in it that has a runtime of its own.
    pub(crate) fn admit(&self, resident: Box<dyn Resident>) {
        self.0.arrivals.add(resident);
    }

    /// What wakes tasks at moments to come.
    pub(crate) fn schedule(&self) -> &Arc<Schedule> {
        &self.0.schedule
    }

    /// The output of a future that is polled in virtual time, on the thread of its caller. Time passes while it waits.
    ///
    /// # Errors
    /// When the simulation is over, or stands still.
    pub(crate) fn drive<'a, T>(&self, work: Work<'a, T>) -> impl Future<Output = Result<T, Halt>> + Send + use<'a, T> {
        Driven::new(self.0.time.clone(), self.0.turns.clone(), work)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.turns.is_closed()
    }

    /// Ends it, wherever its tasks stand.
    pub(crate) fn close(&self) {
        self.0.turns.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.turns.close();
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation").field("seed", &self.0.seed).field("time", &self.0.time).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::clock;

    fn simulation() -> Simulation {
        Simulation::start(1).expect("a thread can be had")
    }

    #[tokio::test]
    async fn an_hour_passes_in_a_moment() {
        let (simulation, wall) = (simulation(), clock::instant());
        let begun = simulation.time().instant();
        let hour = Duration::from_secs(3600);
        simulation.drive(Box::pin(clock::pause(hour))).await.expect("it goes on");
        assert_eq!(simulation.time().instant() - begun, hour);
        let took = clock::instant() - wall;
        assert!(took < Duration::from_secs(10), "it took {took:?}");
    }

    #[tokio::test]
    async fn nothing_happens_while_no_wait_is_awaited() {
        let (simulation, beats) = (simulation(), Arc::new(AtomicU32::new(0)));
        let beating = beats.clone();
        simulation.runtime().spawn(async move {
            loop {
                clock::pause(Duration::from_secs(1)).await;
                beating.fetch_add(1, Ordering::Relaxed);
            }
        });
        for waits in 1..4 {
            simulation.drive(Box::pin(clock::pause(Duration::from_millis(10_100)))).await.expect("it goes on");
            let seen = beats.load(Ordering::Relaxed);
            clock::wall_pause(Duration::from_millis(5)).await;
            assert_eq!((seen, beats.load(Ordering::Relaxed)), (waits * 10, seen));
        }
    }

    #[tokio::test]
    async fn a_wait_that_is_woken_stops_it_at_once() {
        let simulation = simulation();
        let (sender, mut receiver) = tokio::sync::watch::channel(0);
        simulation.runtime().spawn(async move {
            loop {
                clock::pause(Duration::from_millis(1)).await;
                sender.send_modify(|sent| *sent += 1);
            }
        });
        for expected in 1..1000 {
            let seen =
                simulation.drive(Box::pin(async { receiver.changed().await.ok().map(|()| *receiver.borrow()) })).await;
            assert_eq!(seen.expect("it goes on"), Some(expected), "it ran on after it had woken the wait");
        }
    }

    #[tokio::test]
    async fn a_wait_within_a_wait_is_a_part_of_it() {
        let simulation = simulation();
        let inner = simulation.drive(Box::pin(clock::pause(Duration::from_secs(1))));
        simulation.drive(Box::pin(inner)).await.expect("it goes on").expect("so does the inner one");
    }

    #[tokio::test]
    async fn waits_of_several_tasks_all_come_to_their_end() {
        let simulation = simulation();
        let waits = (1..20).map(|seconds| {
            let simulation = simulation.clone();
            tokio::spawn(async move {
                simulation.drive(Box::pin(clock::pause(Duration::from_secs(seconds)))).await.expect("it goes on")
            })
        });
        for wait in waits.collect::<Vec<_>>() {
            wait.await.expect("it does not panic");
        }
    }

    #[tokio::test]
    async fn a_wait_that_wakes_itself_lets_others_run() {
        let simulation = simulation();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        simulation.runtime().spawn(async {
            let _ = sender.send(());
        });
        let mut receiver = receiver;
        let asking = std::future::poll_fn(move |cx| {
            cx.waker().wake_by_ref();
            std::pin::Pin::new(&mut receiver).poll(cx)
        });
        assert_eq!(simulation.drive(Box::pin(asking)).await.expect("it goes on"), Ok(()));
    }

    #[tokio::test]
    async fn a_wait_that_was_begun_before_the_end_is_ended() {
        let simulation = simulation();
        let closing = simulation.clone();
        let waiting = tokio::spawn(async move { simulation.drive(Box::pin(std::future::pending::<()>())).await });
        tokio::task::yield_now().await;
        closing.close();
        assert_eq!(waiting.await.expect("it does not panic"), Err(Halt::Over));
    }

    #[tokio::test]
    async fn what_is_scheduled_is_woken_in_the_order_of_its_moments() {
        let simulation = simulation();
        let (now, schedule) = (simulation.time().instant(), simulation.schedule().clone());
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        for micros in [300, 100, 2200, 200, 1500] {
            let (schedule, sender) = (schedule.clone(), sender.clone());
            let moment = now + Duration::from_micros(micros);
            simulation.runtime().spawn(async move {
                std::future::poll_fn(|cx| {
                    if clock::instant() >= moment {
                        return std::task::Poll::Ready(());
                    }
                    schedule.wake_at(moment, cx.waker().clone());
                    std::task::Poll::Pending
                })
                .await;
                let _ = sender.send(micros);
            });
        }
        drop(sender);
        let woken = simulation.drive(Box::pin(async {
            let mut woken = Vec::new();
            while let Some(micros) = receiver.recv().await {
                woken.push(micros);
            }
            woken
        }));
        assert_eq!(woken.await, Ok(vec![100, 200, 300, 1500, 2200]));
    }

    #[tokio::test]
    async fn what_is_so_after_the_end_can_be_asked_for() {
        let simulation = simulation();
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        simulation.runtime().spawn(async move {
            let _sender = sender;
            std::future::pending::<()>().await;
        });
        simulation.close();
        let dropped = simulation.drive(Box::pin(async { receiver.await.is_err() })).await;
        assert_eq!(dropped, Ok(true), "a task is left");
    }
}
