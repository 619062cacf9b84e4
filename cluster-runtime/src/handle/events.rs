use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::futures::OwnedNotified;

use crate::event::Event;
use crate::journal::Found;
use crate::node::NodeContext;
use crate::wait::Wait;

/// The events of a node, from the first one on. It ends when the node has ended.
///
/// Where the node has reported more than its log keeps, there is an event `events_dropped` with their number.
/// It is a [`Stream`](futures_core::Stream); [`next`](Self::next) needs no extension trait.
#[derive(Debug)]
#[must_use = "a stream does nothing until it is polled"]
pub struct Events {
    node: NodeContext,
    place: u64,
    /// Registered before the log is read, so that no event is missed between the two.
    appended: Option<Pin<Box<OwnedNotified>>>,
}

impl Events {
    pub(super) fn new(node: NodeContext) -> Self {
        Self { node, place: 0, appended: None }
    }

    /// Waits for the next event; `None` when the node has ended. Dropping the wait loses no event.
    ///
    /// # Errors
    /// When there is none within 30 s (or [`timeout`](Wait::timeout)).
    #[expect(clippy::should_implement_trait, reason = "streams call it so")]
    pub fn next(&mut self) -> Wait<'_, Option<Arc<Event>>> {
        let of = self.node.name().to_owned();
        Wait::of(self.node.watch(move || format!("the next event of `{of}`")), move |deadline| async move {
            let node = self.node.clone();
            let next = poll_fn(|cx| Pin::new(&mut *self).poll_next(cx).map(Ok));
            match deadline.bound(node.unless_death(Box::pin(next))).await {
                Some(next) => next,
                None => Err(node.overdue("its next event", deadline).await),
            }
        })
    }
}

impl Stream for Events {
    type Item = Arc<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            let log = this.node.log();
            let appended = this.appended.get_or_insert_with(|| Box::pin(log.appended().clone().notified_owned()));
            match log.next(&mut this.place) {
                Found::Event(entry) => return Poll::Ready(Some(Arc::new(entry.to_event()))),
                Found::Dropped(count) => return Poll::Ready(Some(Arc::new(log.events_dropped(count)))),
                Found::Closed => return Poll::Ready(None),
                Found::Open => ready!(appended.as_mut().poll(cx)),
            }
            this.appended = None;
        }
    }
}
