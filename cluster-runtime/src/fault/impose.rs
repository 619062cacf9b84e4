use std::sync::Arc;

use super::change::change;
use super::control::{concerned, ends_of};
use super::handle::Fault;
use super::placed;
use crate::clock::Deadline;
use crate::error::Result;
use crate::net::Effect;
use crate::node::{InForce, Span};
use crate::proof::prove;
use crate::start::View;

/// A fault as it is asked for.
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) spans: Vec<Span>,
    pub(super) effect: Effect,
    pub(super) may_be_idle: bool,
}

/// Puts a fault in force, and proves it. It is taken back on an error, and when the future is dropped.
///
/// # Errors
/// When it is refused, or a probe shows that it has no effect.
pub(super) async fn impose(cluster: &View, asked: Asked, deadline: Deadline) -> Result<Fault> {
    let home = cluster.home();
    let Asked { name, spans, effect, may_be_idle } = asked;
    let fault = InForce::new(name, spans, effect, may_be_idle, home.journal());
    if home.is_ruled() {
        placed::impose(cluster, &fault, deadline).await?;
        return Ok(Fault::new(cluster.clone(), fault));
    }
    concerned(cluster, &fault)?;
    let _change = change(home, &fault, deadline).await?;
    let undo = Undo { cluster, fault: Some(&fault) };
    home.faults().add(&fault);
    // Links that are made from now on have it from the beginning.
    let ends = ends_of(cluster, &fault);
    for end in &ends {
        home.faults().apply(&fault, end);
    }
    for end in &ends {
        end.rules_changed().await;
    }
    prove(home, &fault, &ends, deadline).await?;
    fault.note_in_force(home.journal(), &ends);
    undo.disarm();
    // Only relays leave dials unanswered, and there are none in simulated time.
    if let Some(driver) = home.driver().filter(|_| home.simulation().is_none()) {
        fault.watch_dials(&driver.background());
    }
    Ok(Fault::new(cluster.clone(), fault))
}

/// Takes a fault back that was not proved.
struct Undo<'a> {
    cluster: &'a View,
    fault: Option<&'a Arc<InForce>>,
}

impl Undo<'_> {
    fn disarm(mut self) {
        self.fault = None;
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        let faults = self.cluster.home().faults();
        if let Some(fault) = self.fault.filter(|fault| faults.remove(fault)) {
            faults.lift(fault, &self.cluster.link_ends(), self.cluster.home().journal());
        }
    }
}
