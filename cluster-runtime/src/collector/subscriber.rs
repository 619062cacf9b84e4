use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata};
use tracing_core::span::Current;

use super::origin;

/// The subscriber of a cluster: collects events, and passes all on to that of the test.
#[derive(Debug)]
pub(super) struct Subscriber {
    test: Dispatch,
    /// Whether the test has none.
    is_last: bool,
}

impl Subscriber {
    pub(super) fn new(test: Option<Dispatch>) -> Self {
        Self { is_last: test.is_none(), test: test.unwrap_or_else(Dispatch::none) }
    }

    fn passes_on(&self, metadata: &Metadata<'_>) -> bool {
        !self.is_last && self.test.enabled(metadata)
    }
}

impl tracing::Subscriber for Subscriber {
    /// It depends on the thread.
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        (metadata.is_event() && origin::wants(metadata)) || self.passes_on(metadata)
    }

    fn event(&self, event: &Event<'_>) {
        origin::collect(event);
        if self.passes_on(event.metadata()) {
            self.test.event(event);
        }
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.test.new_span(span)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.test.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.test.record_follows_from(span, follows);
    }

    fn enter(&self, span: &Id) {
        self.test.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.test.exit(span);
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.test.clone_span(span)
    }

    fn try_close(&self, span: Id) -> bool {
        self.test.try_close(span)
    }

    fn current_span(&self) -> Current {
        self.test.current_span()
    }
}
