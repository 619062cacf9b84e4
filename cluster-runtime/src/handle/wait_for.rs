use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;

use super::AnyNode;
use crate::clock::{DEFAULT_TIMEOUT, Deadline};
use crate::error::{Error, Result};
use crate::event::Search;

type Filter<'a, T> = Box<dyn FnMut(&Value) -> Option<T> + Send + 'a>;

/// A wait for an event; see [`AnyNode::wait_for`].
#[must_use = "a wait does nothing unless it is awaited"]
pub struct WaitFor<'a, T> {
    node: AnyNode,
    name: String,
    filter: Filter<'a, T>,
    timeout: Duration,
    /// How many events were dropped from the log before they were seen.
    dropped: u64,
}

impl<'a, T> WaitFor<'a, T> {
    pub(crate) fn new(node: AnyNode, name: String, filter: Filter<'a, T>) -> Self {
        Self { node, name, filter, timeout: DEFAULT_TIMEOUT, dropped: 0 }
    }

    /// How long to wait at most; 30 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn waiting_for(&self) -> String {
        let event = format!("the event `{}` that the filter accepts", self.name);
        match self.dropped {
            0 => event,
            dropped => format!("{event} (the log had dropped its {dropped} oldest events)"),
        }
    }

    async fn search(&mut self) -> Result<T> {
        let log = self.node.state().log().clone();
        let mut place = 0;
        let mut was_shown = false;
        loop {
            let appended = log.appended().notified();
            match log.next(&mut place) {
                Search::Found(event) if event.is_called(&self.name) => {
                    was_shown = true;
                    if let Some(found) = (self.filter)(&event.value) {
                        return Ok(found);
                    }
                }
                Search::Found(event) if event.section == "log" && event.name == "events_dropped" => {
                    self.dropped += event.value["count"].as_u64().unwrap_or_default();
                }
                Search::Found(_) => {}
                Search::Closed => {
                    self.refuse_hidden(was_shown)?;
                    return Err(self.ended());
                }
                Search::Open => {
                    self.refuse_hidden(was_shown)?;
                    appended.await;
                }
            }
        }
    }

    /// An event that is hidden would be waited for in vain.
    fn refuse_hidden(&self, was_shown: bool) -> Result {
        let log = self.node.state().log();
        match log.hidden(&self.name) {
            Some((level, section)) if !was_shown => Err(Error::Hidden {
                node: self.node.state().name().clone(),
                event: self.name.clone(),
                level,
                shown: log.levels().of(&section),
                section,
            }),
            _ => Ok(()),
        }
    }

    fn ended(&self) -> Error {
        let state = self.node.state();
        Error::Ended {
            node: state.name().clone(),
            waiting_for: self.waiting_for(),
            end: state.stage().to_string(),
            log: state.log_tail(),
        }
    }
}

impl<'a, T: Send + 'a> IntoFuture for WaitFor<'a, T> {
    type Output = Result<T>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let deadline = Deadline::after(self.timeout);
            match deadline.bound(self.search()).await {
                Some(output) => output,
                None => Err(self.node.timeout(self.waiting_for(), deadline)),
            }
        })
    }
}

impl<T> fmt::Debug for WaitFor<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitFor").field("node", &self.node).field("name", &self.name).finish_non_exhaustive()
    }
}

impl AnyNode {
    /// What was waited for did not come in time.
    pub(crate) fn timeout(&self, waiting_for: impl Into<String>, deadline: Deadline) -> Error {
        Error::Timeout {
            node: self.state().name().clone(),
            state: self.state().stage().to_string(),
            waiting_for: waiting_for.into(),
            timeout: deadline.total(),
            log: self.state().log_tail(),
        }
    }
}
