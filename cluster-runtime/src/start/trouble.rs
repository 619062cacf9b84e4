//! Which nodes of a cluster are not as they should be, for the errors of waits.

use super::report::missing_links;
use super::view::View;
use crate::clock::Deadline;
use crate::error::{Error, MissingLink, Trouble};

/// The error of a wait on a whole cluster that its deadline has ended.
pub(super) fn not_reached(cluster: &View, waiting_for: &str, last: String, deadline: Deadline) -> Error {
    let mut troubles = cluster.home().troubles();
    if cluster.home().mode().wait_connections {
        troubles.extend(missing_links(cluster.nodes()).iter().map(of_link));
    }
    Error::NotReached {
        waiting_for: waiting_for.to_owned(),
        last,
        timeout: deadline.total(),
        troubles: troubles.into(),
    }
}

/// The error of a wait for the links of a cluster that its deadline has ended.
pub(super) fn links_missing(cluster: &View, deadline: Deadline) -> Error {
    let missing = missing_links(cluster.nodes());
    let last = format!("{} of them are missing", missing.len());
    let mut troubles = cluster.home().troubles();
    troubles.extend(missing.iter().map(of_link));
    Error::NotReached {
        waiting_for: "all declared links".to_owned(),
        last,
        timeout: deadline.total(),
        troubles: troubles.into(),
    }
}

fn of_link(link: &MissingLink) -> Trouble {
    Trouble::new(format!("{} - {}:", link.dialler, link.listener), &*link.state)
}
