use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

use tokio::task::coop::unconstrained;

use super::halt::{Halt, MOST_STANDSTILL};
use super::turns::{Turn, Turns};
use crate::clock::{VirtualTime, wall_pause};

pub(super) type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A future of the test that drives the simulation: it is polled in virtual time, while nothing else runs there.
pub(super) struct Driven<'a, T> {
    time: VirtualTime,
    turns: Arc<Turns>,
    work: Work<'a, T>,
    /// From the first poll on, unless it is a part of another.
    joined: Option<Joined>,
    standstill: Option<Standstill>,
}

struct Joined {
    number: u64,
    waker: Waker,
}

/// Since when virtual time stands still.
struct Standstill {
    at: Instant,
    timer: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl<'a, T> Driven<'a, T> {
    pub(super) fn new(time: VirtualTime, turns: Arc<Turns>, work: Work<'a, T>) -> Self {
        Self { time, turns, work, joined: None, standstill: None }
    }

    fn look(&mut self) -> Poll<T> {
        let Some(joined) = &self.joined else { return Poll::Pending };
        let _time = self.time.enter();
        // Where a budget is used up the runtime of the test would wake it, at any moment of the simulation.
        let work = std::pin::pin!(unconstrained(self.work.as_mut()));
        work.poll(&mut Context::from_waker(&joined.waker))
    }

    /// Ready when no virtual time passes any more.
    fn poll_standstill(&mut self, cx: &mut Context<'_>) -> Poll<Halt> {
        loop {
            let time = &self.time;
            let standstill = self.standstill.get_or_insert_with(|| Standstill::new(time));
            if standstill.timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            if standstill.at == self.time.instant() {
                return Poll::Ready(Halt::Standstill);
            }
            self.standstill = None;
        }
    }
}

impl Standstill {
    fn new(time: &VirtualTime) -> Self {
        Self { at: time.instant(), timer: Box::pin(wall_pause(MOST_STANDSTILL)) }
    }
}

impl<T> Future for Driven<'_, T> {
    type Output = Result<T, Halt>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, Halt>> {
        let this = &mut *self;
        if this.joined.is_none() {
            // A part of another wait, or of a node.
            if this.time.is_present() {
                return this.work.as_mut().poll(cx).map(Ok);
            }
            // What is so then stays so, and can still be asked for.
            if this.turns.is_closed() {
                ready!(this.turns.poll_over(cx));
                return this.work.as_mut().poll(cx).map(Ok);
            }
            let number = this.turns.join(cx.waker());
            this.joined = Some(Joined { number, waker: this.turns.waker(number) });
        }
        let Some(number) = this.joined.as_ref().map(|joined| joined.number) else { return Poll::Pending };
        match this.turns.take(number, cx.waker()) {
            Turn::Look => {
                if let Poll::Ready(output) = this.look() {
                    return Poll::Ready(Ok(output));
                }
                this.turns.looked(number);
            }
            Turn::Leave => {}
            Turn::Over => return Poll::Ready(Err(Halt::Over)),
        }
        this.poll_standstill(cx).map(Err)
    }
}

impl<T> Drop for Driven<'_, T> {
    fn drop(&mut self) {
        if let Some(joined) = &self.joined {
            self.turns.leave(joined.number);
        }
    }
}
