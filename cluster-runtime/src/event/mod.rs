//! Events: what nodes report, and which of it is shown.
//!
//! An [`Event`] has a time, a node, a [`Level`], a section such as `p2p.dial`, a name and a JSON value. A start selects
//! what is shown, by [`event_level`](crate::start::Start::event_level) and
//! [`event_sections_levels`](crate::start::Start::event_sections_levels). A level hides events from
//! [`AnyNode::events`](crate::AnyNode::events) and [`wait_for`](crate::AnyNode::wait_for) only: readiness and connections do
//! not depend on it, and [`Cluster::journal`](crate::Cluster::journal) returns the hidden events too.
//!
//! # Examples
//! ```
//! use cluster_runtime::{DefaultLevel, Level, Result, cluster};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! { a; b: connect(a) }
//!     .start()
//!     .event_level(DefaultLevel::Notice)
//!     .event_sections_levels([("p2p", Level::Debug)])
//!     .wait_connections(true)
//!     .await?;
//!
//! let peer = net.a.wait_for("connected", |value| value["peer"].as_str().map(str::to_owned)).await?;
//! assert_eq!(peer, "b");
//! let mut events = net.b.events();
//! while let Some(event) = events.next().await? {
//!     println!("{} {event}", event.node); // b 09:30:00.125 notice  node ready
//! #   break;
//! }
//! # net.stop().await
//! # }
//! ```
//!
//! A service or a kind reports an event by [`NodeContext::event`](crate::NodeContext::event).
#![cfg_attr(feature = "tracing", doc = "")]
#![cfg_attr(feature = "tracing", doc = include_str!("tracing.md"))]

#[cfg(feature = "tracing")]
mod forward;
mod level;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::Value;

pub(crate) use level::is_own;
pub use level::{DefaultLevel, Level, Levels};

#[cfg(feature = "tracing")]
pub(crate) use forward::forward;

/// Something that a node reports.
///
/// # Examples
/// ```
/// # use cluster_runtime::{Level, Result, cluster};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { a; b: connect(a) }.start().await?;
/// let mut events = net.a.events();
/// let first = events.next().await?.expect("a running node reports something");
/// assert_eq!(&*first.node, "a");
/// assert!(first.level >= Level::Info);
/// # net.stop().await
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Its number in the journal of its cluster, from 0.
    pub number: u64,
    /// When it was reported, by one clock for all nodes of the process that never goes backwards.
    pub time: SystemTime,
    /// The node's name.
    pub node: Arc<str>,
    /// Its severity.
    pub level: Level,
    /// The part of the node that reports it, from general to specific, as in `p2p.dial`.
    pub section: Cow<'static, str>,
    /// What happened.
    pub name: Cow<'static, str>,
    /// The details.
    pub value: Value,
}

impl Event {
    /// Whether it has this name. A version suffix, as in `connection.v0`, may be omitted.
    pub fn is_called(&self, name: &str) -> bool {
        is_called(&self.name, name)
    }
}

/// Whether what has this name may be called so.
pub(crate) fn is_called(whole: &str, name: &str) -> bool {
    match whole.strip_prefix(name) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(".v").is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit())),
        None => false,
    }
}

/// One line, without the node's name: time of day (UTC), level, section, name, value.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis() % 86_400_000;
        let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (seconds, millis) = (of_day / 1000 % 60, of_day % 1000);
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}.{millis:03} {:<7} {} {}", self.level, self.section, self.name)?;
        match &self.value {
            Value::Null => Ok(()),
            Value::Object(fields) if fields.is_empty() => Ok(()),
            value => write!(f, " {value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn event(name: &'static str) -> Event {
        Event {
            number: 0,
            time: SystemTime::UNIX_EPOCH + Duration::from_millis(3_723_004),
            node: "n".into(),
            level: Level::Info,
            section: "p2p".into(),
            name: name.into(),
            value: serde_json::json!({ "peer": "m" }),
        }
    }

    #[test]
    fn a_version_suffix_need_not_be_written() {
        assert!(event("connection.v0").is_called("connection"));
        assert!(event("connection.v12").is_called("connection.v12"));
        assert!(!event("connection.value").is_called("connection"));
        assert!(!event("connections").is_called("connection"));
    }

    #[test]
    fn an_event_reads_as_one_line() {
        assert_eq!(event("connected").to_string(), r#"01:02:03.004 info    p2p connected {"peer":"m"}"#);
    }
}
