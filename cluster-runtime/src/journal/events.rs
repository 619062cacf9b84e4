use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::futures::OwnedNotified;

use super::log::{Found, Log};
use crate::event::Event;

/// The events of a node, from the first one on. It ends when the node has ended.
///
/// Where the node has reported more than its log keeps, there is an event `events_dropped` with their number.
/// It is a [`Stream`](futures_core::Stream); [`next`](Self::next) needs no extension trait.
#[derive(Debug)]
#[must_use = "a stream does nothing until it is polled"]
pub struct Events {
    log: Arc<Log>,
    place: u64,
    /// Registered before the log is read, so that no event is missed between the two.
    appended: Option<Pin<Box<OwnedNotified>>>,
}

impl Events {
    pub(crate) fn new(log: Arc<Log>) -> Self {
        Self { log, place: 0, appended: None }
    }

    /// Waits for the next event; `None` when the node has ended. Dropping the future loses no event.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Events {
    type Item = Arc<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            let appended = this.appended.get_or_insert_with(|| Box::pin(this.log.appended().clone().notified_owned()));
            match this.log.next(&mut this.place) {
                Found::Event(event) => return Poll::Ready(Some(event)),
                Found::Dropped(count) => return Poll::Ready(Some(Arc::new(this.log.events_dropped(count)))),
                Found::Closed => return Poll::Ready(None),
                Found::Open => ready!(appended.as_mut().poll(cx)),
            }
            this.appended = None;
        }
    }
}
