use serde_json::Value;

use super::any_node::AnyNode;
use super::other_names::other_names;
use crate::error::{Error, Result};
use crate::event::{Event, is_own};
use crate::feature::Feature;
use crate::journal::{Entry, Found, Mark, shortened};
use crate::kept::Kept;
use crate::wait::{Outcome, Wait};

/// The options of a wait for an event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Since(Option<Mark>);

impl Since {
    /// Where a wait begins to look in the log of a node.
    pub(crate) fn place_in_log(self, node: &AnyNode) -> u64 {
        node.context().log().first_place(self.0)
    }
}

/// Whether an event is the one that is waited for.
pub(crate) type Filter<'a> = Box<dyn FnMut(&Event) -> bool + Send + 'a>;

impl<T> Wait<'_, T, Since> {
    /// Looks at all events since this moment, whichever runs of the node they are of. By default it looks at those of the
    /// present run, or of the last one if the node is not running.
    pub fn since(self, mark: Mark) -> Self {
        self.change(|since| since.0 = Some(mark))
    }
}

impl AnyNode {
    /// Waits for the first event of this name for whose value `filter` returns `true`, `Some` or `Ok`, and returns what is within. Past events of
    /// the node's run count; see also [`since`](Wait::since). A version suffix, as in `connection.v0`, may be omitted.
    ///
    /// # Errors
    /// When there is none within 30 s (or [`timeout`](Wait::timeout)), when the node ends first, or at once when such
    /// an event was reported but the levels of the start hide it.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    /// net.b.publish("hello").await?;
    /// let hops = net.a.wait_for("message", |value| value["hops"].as_u64()).await?;
    /// assert_eq!(hops, 1);
    /// net.a.wait_for("message", |value| value["text"] == "hello").await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn wait_for<'a, R: Outcome<Value: 'a>>(
        &self,
        name: impl Into<String>,
        mut filter: impl FnMut(&Value) -> R + Send + 'a,
    ) -> Wait<'a, R::Value, Since> {
        self.wait_for_event(name, move |event| filter(&event.value))
    }

    /// Like [`wait_for`](Self::wait_for), for the whole event: its time, level and section too.
    ///
    /// # Errors
    /// Those of [`wait_for`](Self::wait_for).
    pub fn wait_for_event<'a, R: Outcome<Value: 'a>>(
        &self,
        name: impl Into<String>,
        mut filter: impl FnMut(&Event) -> R + Send + 'a,
    ) -> Wait<'a, R::Value, Since> {
        let found = Kept::nothing();
        let kept = found.clone();
        let accepts = move |event: &Event| filter(event).reached().map(|value| kept.keep(value)).is_ok();
        self.wait_for_accepted(name.into(), Box::new(accepts)).map(move |()| found.last())
    }

    pub(crate) fn wait_for_accepted<'a>(&self, name: String, mut accepts: Filter<'a>) -> Wait<'a, (), Since> {
        let mut search = Search { node: self.clone(), name, begun: 0, dropped: 0, refused: 0, last_refused: None };
        let (waited_for, of) = (search.name.clone(), self.state().name().clone());
        let watch = self.context().watch(move || format!("`{waited_for}` of `{of}`"));
        Wait::with_options(watch, Since::default(), move |since, deadline| async move {
            let context = search.node.context().clone();
            match deadline.bound(context.unless_death(Box::pin(search.run(since, &mut accepts)))).await {
                Some(found) => found,
                None => Err(context.overdue(search.waiting_for(), deadline).await),
            }
        })
    }
}

/// A search for an event in the log of a node.
struct Search {
    node: AnyNode,
    name: String,
    /// Where it begins to look.
    begun: u64,
    /// The number of events that were dropped from the log before they were read.
    dropped: u64,
    /// How many events of this name were shown that the filter does not accept, and the last of them.
    refused: u64,
    last_refused: Option<Event>,
}

impl Search {
    async fn run(&mut self, since: Since, accepts: &mut Filter<'_>) -> Result {
        let log = self.node.context().log().clone();
        let (mut place, mut hidden_place) = (since.place_in_log(&self.node), 0);
        self.begun = place;
        loop {
            let appended = log.appended().notified();
            match log.next(&mut place) {
                Found::Event(entry) if entry.is_called(&self.name) => {
                    let event = entry.to_event();
                    if accepts(&event) {
                        return Ok(());
                    }
                    self.refused += 1;
                    self.last_refused = Some(event);
                }
                Found::Event(_) => {}
                Found::Dropped(count) => self.dropped += count,
                Found::Closed => {
                    self.refuse_hidden(&mut hidden_place)?;
                    return Err(self.node.ended_before(self.waiting_for()));
                }
                Found::Open => {
                    self.refuse_hidden(&mut hidden_place)?;
                    appended.await;
                }
            }
        }
    }

    /// A wait for an event that is hidden would never end.
    fn refuse_hidden(&self, place: &mut u64) -> Result {
        let log = self.node.context().log();
        match log.next_hidden(&self.name, place) {
            Some(event) if self.refused == 0 => Err(Error::Hidden {
                node: self.node.state().name().clone(),
                event: self.name.clone(),
                help: self.shows(&event),
                level: event.level,
                shown: log.level_of(&event.section),
                section: event.section.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// What shows an event that is hidden.
    fn shows(&self, event: &Entry) -> String {
        let (section, level) = (&event.section, event.level);
        let unsupported = &self.node.profile().unsupported;
        if is_own(section) || !unsupported.contains(&Feature::EventSectionsLevels) {
            format!("start with `.event_sections_levels([(\"{section}\", Level::{level:?})])`")
        } else if !unsupported.contains(&Feature::EventLevel) {
            "start with `.event_level(DefaultLevel::Debug)`".to_owned()
        } else {
            "let its kind support levels of events, `Feature::EventLevel`".to_owned()
        }
    }

    fn waiting_for(&self) -> String {
        let aside = self.came_instead().map_or_else(String::new, |instead| format!(" ({instead})"));
        format!("the event `{}` that the filter accepts{aside}", self.name)
    }

    /// What came in place of it: a filter that is too narrow, and a name that is misspelt, look alike otherwise.
    fn came_instead(&self) -> Option<String> {
        let last = self.last_refused.as_ref().map(|last| shortened(last.value.to_string()));
        match (last, self.refused, self.dropped) {
            (Some(last), 1, _) => Some(format!("it did not accept the one that came, {last}")),
            (Some(last), refused, _) => Some(format!("it accepted none of {refused}, the last of them {last}")),
            (None, _, 0) => other_names(&self.name, &[(&self.node, self.begun)]),
            (None, _, dropped) => Some(format!("the log had dropped its {dropped} oldest events")),
        }
    }
}
