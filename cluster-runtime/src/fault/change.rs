use tokio::sync::MutexGuard;

use crate::clock::Deadline;
use crate::error::FaultError;
use crate::node::{Home, InForce};

/// Waits until no other fault is put in force or healed.
///
/// # Errors
/// When one still is at the deadline.
pub(super) async fn change<'a>(
    home: &'a Home,
    fault: &InForce,
    deadline: Deadline,
) -> Result<MutexGuard<'a, ()>, FaultError> {
    deadline.bound(home.faults().change()).await.ok_or_else(|| FaultError::Refused {
        fault: fault.name.clone(),
        why: format!("others were put in force or healed for {:?}", deadline.total()),
    })
}
