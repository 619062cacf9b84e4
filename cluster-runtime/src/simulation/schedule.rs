use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::lock::lock;

/// Wakes tasks at moments to come: in the order of these moments, and of two at the same one the first that was asked for.
///
/// The timers of tokio fire once a millisecond, in an order of their own.
#[derive(Debug)]
pub(crate) struct Schedule {
    began: Instant,
    agenda: Mutex<Agenda>,
    is_earlier: Notify,
}

/// Who is woken in each millisecond, as they have asked.
type Agenda = BTreeMap<u64, Vec<(Instant, Waker)>>;

impl Schedule {
    /// That of a time that began then.
    pub(super) fn new(began: Instant) -> Self {
        Self { began, agenda: Mutex::default(), is_earlier: Notify::new() }
    }

    pub(crate) fn wake_at(&self, moment: Instant, waker: Waker) {
        let millis = self.millis_until(moment);
        let mut agenda = lock(&self.agenda);
        let is_first = agenda.first_key_value().is_none_or(|(first, _)| millis < *first);
        agenda.entry(millis).or_default().push((moment, waker));
        drop(agenda);
        if is_first {
            self.is_earlier.notify_waiters();
        }
    }

    /// Wakes them, for as long as it is polled.
    pub(super) async fn run(self: Arc<Self>) {
        use crate::clock::{instant, pause};

        loop {
            let is_earlier = self.is_earlier.notified();
            match self.first() {
                None => is_earlier.await,
                Some(moment) => tokio::select! {
                    biased;
                    () = is_earlier => {}
                    () = pause(moment.saturating_duration_since(instant())) => self.wake_due(instant()),
                },
            }
        }
    }

    fn first(&self) -> Option<Instant> {
        lock(&self.agenda).first_key_value().map(|(millis, _)| self.began + Duration::from_millis(*millis))
    }

    /// Wakes those whose moment has come.
    fn wake_due(&self, now: Instant) {
        while let Some(mut due) = self.take_due(now) {
            // Those of the same moment stay in the order in which they have asked.
            due.sort_by_key(|(moment, _)| *moment);
            due.into_iter().for_each(|(_, waker)| waker.wake());
        }
    }

    fn take_due(&self, now: Instant) -> Option<Vec<(Instant, Waker)>> {
        let mut agenda = lock(&self.agenda);
        let first = agenda.first_entry()?;
        (self.began + Duration::from_millis(*first.key()) <= now).then(|| first.remove())
    }

    /// How many have begun until this moment.
    fn millis_until(&self, moment: Instant) -> u64 {
        let passed = moment.saturating_duration_since(self.began);
        passed.as_secs() * 1000 + u64::from(passed.subsec_nanos().div_ceil(1_000_000))
    }
}
