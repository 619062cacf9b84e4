//! Tells of waits that their deadline cannot end, since the thread of the test is blocked.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::clock::pause;
use crate::driver::Driver;
use crate::node::Home;
use crate::place;
use crate::verdict::Overdue;

/// How often to look for such waits. A wait whose deadline has passed has this long to be polled again.
const INTERVAL: Duration = Duration::from_secs(1);

/// Looks for such waits on the cluster, on its driver and as long as that runs.
pub(super) fn look_for_overdue(home: &Arc<Home>, driver: &Driver) {
    driver.background().spawn(look(Arc::downgrade(home)));
}

async fn look(home: Weak<Home>) {
    loop {
        pause(INTERVAL).await;
        let Some(home) = home.upgrade() else { return };
        let overdue = home.verdict().overdue();
        if !overdue.is_empty() {
            // A harness shows what it captures when the test has ended, and this one may never do.
            place::write_uncaptured(&report(&home, &overdue));
        }
    }
}

fn report(home: &Home, overdue: &[Overdue]) -> Vec<String> {
    let waits = overdue.iter().map(|Overdue { what, at, timeout, late }| {
        format!(
            "the wait for {what}{at} cannot end: its timeout of {timeout:?} passed {:.1} s ago, and the test does not poll it",
            late.as_secs_f64()
        )
    });
    let blocking = home.nodes_at_work();
    let cause = match blocking.is_empty() {
        true => "the thread of the test is blocked, or the test awaits something else meanwhile".to_owned(),
        false => format!("the thread of the test is blocked by what shares it: {}", blocking.join(", ")),
    };
    let help = match blocking.is_empty() {
        true => "help: what blocks belongs in `tokio::task::spawn_blocking`; for a pause there is `tokio::time::sleep`",
        false => "help: a service that blocks has a thread of its own if it is not `.shared()`",
    };
    let troubles = home.troubles().into_iter().map(|trouble| format!("  - {trouble}"));
    waits.chain([cause]).chain(troubles).chain([help.to_owned()]).collect()
}
