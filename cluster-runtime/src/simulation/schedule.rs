use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Instant;

use tokio::sync::Notify;

/// Wakes tasks at moments to come: in the order of these moments, and of two at the same one the first that was asked for.
///
/// The timers of tokio fire once a millisecond, in an order of their own.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    agenda: Mutex<Agenda>,
    is_earlier: Notify,
}

#[derive(Debug, Default)]
struct Agenda {
    wakers: BTreeMap<(Instant, u64), Waker>,
    asked: u64,
}

impl Schedule {
    pub(crate) fn wake_at(&self, moment: Instant, waker: Waker) {
        let mut agenda = self.lock();
        agenda.asked += 1;
        let key = (moment, agenda.asked);
        agenda.wakers.insert(key, waker);
        let is_first = agenda.wakers.first_key_value().is_some_and(|(first, _)| *first == key);
        drop(agenda);
        if is_first {
            self.is_earlier.notify_waiters();
        }
    }

    /// Wakes them, for as long as it is polled.
    #[cfg(feature = "simulated")]
    pub(super) async fn run(self: Arc<Self>) {
        use crate::clock::{instant, pause};

        loop {
            let is_earlier = self.is_earlier.notified();
            match self.first() {
                None => is_earlier.await,
                Some(moment) => tokio::select! {
                    biased;
                    () = is_earlier => {}
                    () = pause(moment.saturating_duration_since(instant())) => {
                        self.due(instant()).into_iter().for_each(Waker::wake);
                    }
                },
            }
        }
    }

    fn first(&self) -> Option<Instant> {
        self.lock().wakers.first_key_value().map(|((moment, _), _)| *moment)
    }

    /// Takes those whose moment has come.
    fn due(&self, now: Instant) -> Vec<Waker> {
        let mut agenda = self.lock();
        let later = agenda.wakers.split_off(&(now, u64::MAX));
        std::mem::replace(&mut agenda.wakers, later).into_values().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Agenda> {
        self.agenda.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
