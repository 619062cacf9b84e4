//! Whose events a thread reports.

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tracing::dispatcher::{DefaultGuard, set_default};
use tracing::{Dispatch, Event, Metadata};

use super::fields::Fields;
use super::noted::{Noted, place};
use crate::event::Level;
use crate::journal::{Log, Report};
use crate::simulation::is_simulation;

thread_local! {
    static PRESENT: RefCell<Origin> = const { RefCell::new(Origin(None)) };
    /// Set for the rest of the thread.
    static ATTACHED: RefCell<Option<Entered>> = const { RefCell::new(None) };
    /// The collector of a thread that runs a simulation. It stays from poll to poll: those are many, and setting it anew costs.
    static KEPT: RefCell<Option<(Arc<Dispatch>, DefaultGuard)>> = const { RefCell::new(None) };
}

/// A run of a node, as the origin of events; by default there is none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    collector: Arc<Dispatch>,
    log: Arc<Log>,
    noted: Noted,
}

impl Origin {
    pub(super) fn new(collector: Arc<Dispatch>, log: Arc<Log>) -> Self {
        Self(Some(Arc::new(Inner { collector, log, noted: Noted::default() })))
    }

    /// All events of the calling thread have this origin from now on.
    pub(crate) fn attach(&self) {
        ATTACHED.set(self.enter());
    }

    /// What is reported meanwhile on the calling thread has this origin.
    #[cfg(feature = "simulated")]
    pub(crate) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        let _entered = self.enter();
        work()
    }

    /// A future whose events have this origin, wherever it is polled and dropped.
    pub(crate) fn scope<F: Future + Unpin>(&self, future: F) -> Scoped<F> {
        Scoped { origin: self.clone(), future: Some(future) }
    }

    /// Makes it the origin of the calling thread, unless it is already.
    fn enter(&self) -> Option<Entered> {
        let inner = self.0.as_ref()?;
        let is_present = |present: &Origin| present.0.as_ref().is_some_and(|present| Arc::ptr_eq(present, inner));
        if PRESENT.try_with(|present| is_present(&present.borrow())).unwrap_or(true) {
            return None;
        }
        let outer = PRESENT.replace(self.clone());
        let runs_simulation = is_simulation();
        if runs_simulation {
            keep(&inner.collector);
        }
        Some(Entered { outer, _collector: (!runs_simulation).then(|| set_default(&inner.collector)) })
    }
}

/// As long as it lives its thread has another origin.
struct Entered {
    outer: Origin,
    _collector: Option<DefaultGuard>,
}

/// Makes it the collector of the calling thread for good, unless it is that already.
fn keep(collector: &Arc<Dispatch>) {
    let is_kept =
        |kept: &Option<(Arc<Dispatch>, _)>| kept.as_ref().is_some_and(|(kept, _)| Arc::ptr_eq(kept, collector));
    if !KEPT.try_with(|kept| is_kept(&kept.borrow())).unwrap_or(true) {
        // The one that goes puts back what was there before it.
        drop(KEPT.take());
        KEPT.set(Some((collector.clone(), set_default(collector))));
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let outer = std::mem::take(&mut self.outer);
        // It is gone at the end of its thread.
        let inner = PRESENT.try_with(|present| present.replace(outer));
        drop(inner);
    }
}

/// A future whose events have one origin.
pub(crate) struct Scoped<F> {
    origin: Origin,
    future: Option<F>,
}

impl<F: Future + Unpin> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.origin.enter();
        match &mut self.future {
            Some(future) => Pin::new(future).poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for Scoped<F> {
    fn drop(&mut self) {
        let _entered = self.origin.enter();
        self.future = None;
    }
}

/// Whether the thread's origin wants this event.
pub(super) fn wants(metadata: &Metadata<'_>) -> bool {
    let wants = |present: &Origin| present.0.as_ref().is_some_and(|origin| !origin.noted.has(place(metadata)));
    PRESENT.try_with(|present| wants(&present.borrow())).unwrap_or(false)
}

/// Adds an event to the log of the thread's origin, if that wants it.
pub(super) fn collect(event: &Event<'_>) {
    // Not borrowed while fields are formatted: that is code of others.
    let Ok(Origin(Some(origin))) = PRESENT.try_with(|present| present.borrow().clone()) else { return };
    let metadata = event.metadata();
    if origin.noted.has(place(metadata)) {
        return;
    }
    let mut fields = Fields::default();
    event.record(&mut fields);
    let (name, value) = fields.into_name_and_value(metadata);
    let report = Report { level: level(metadata), section: section(metadata), name, value: value.into() };
    if !origin.log.collect(report) {
        origin.noted.add(place(metadata));
    }
}

fn level(metadata: &Metadata<'_>) -> Level {
    match *metadata.level() {
        tracing::Level::TRACE | tracing::Level::DEBUG => Level::Debug,
        tracing::Level::INFO => Level::Info,
        tracing::Level::WARN => Level::Warning,
        tracing::Level::ERROR => Level::Error,
    }
}

/// The section `openraft.core` for the target `openraft::core`.
fn section(metadata: &Metadata<'static>) -> Cow<'static, str> {
    match metadata.target() {
        target if target.contains("::") => target.replace("::", ".").into(),
        target => target.into(),
    }
}
