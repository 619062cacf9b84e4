//! Which nodes of a cluster are not as they should be, for the errors of waits.

use super::report::missing_links;
use super::view::View;
use crate::clock::Deadline;
use crate::error::{Error, IN_SUMMARY, Trouble, some_of};

/// The error of a wait on a whole cluster that its deadline has ended.
pub(super) fn not_reached(cluster: &View, missed: &str, last: String, deadline: Deadline) -> Error {
    let troubles = cluster.home().troubles().into();
    Error::NotReached { missed: missed.to_owned(), last, timeout: deadline.total(), troubles }
}

/// The error of a wait for the links of a cluster that its deadline has ended.
pub(super) fn links_missing(cluster: &View, deadline: Deadline) -> Error {
    let missing = missing_links(cluster.nodes());
    let last = some_of(&missing, "; ");
    let mut troubles = cluster.home().troubles_of_nodes();
    // The first are named by the summary.
    troubles.extend(missing.iter().skip(IN_SUMMARY).map(Trouble::of_link));
    Error::NotReached {
        missed: match missing.len() {
            1 => "1 declared link did not come up".to_owned(),
            count => format!("{count} declared links did not come up"),
        },
        last,
        timeout: deadline.total(),
        troubles: troubles.into(),
    }
}
