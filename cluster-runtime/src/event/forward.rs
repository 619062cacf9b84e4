//! Events as events of `tracing`.

use tracing::dispatcher::with_default;
use tracing::{Dispatch, Level as Severity};

use super::{Event, Level};

/// Sends an event to a subscriber.
pub(crate) fn forward(event: &Event, subscriber: &Dispatch) {
    // Tracing knows the level of a place in the code, so that each level needs one.
    macro_rules! send {
        ($severity:expr) => {
            tracing::event!(
                target: "cluster",
                $severity,
                node = &*event.node,
                section = &*event.section,
                name = &*event.name,
                value = %event.value,
            )
        };
    }
    with_default(subscriber, || match event.level {
        Level::Debug => send!(Severity::DEBUG),
        Level::Info | Level::Notice => send!(Severity::INFO),
        Level::Warning => send!(Severity::WARN),
        Level::Error | Level::Fatal => send!(Severity::ERROR),
    });
}
