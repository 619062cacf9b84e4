use std::sync::Arc;

use super::change::change;
use super::control::ends_of;
use super::handle::Fault;
use super::placed;
use crate::clock::Deadline;
use crate::error::Result;
use crate::node::InForce;
use crate::proof::passes;
use crate::start::{Cluster, View};
use crate::wait::Wait;

/// The options of healing.
#[derive(Debug, Default)]
pub struct Heal {
    pub(super) may_be_idle: bool,
}

impl Wait<'_, (), Heal> {
    /// It is no error if no traffic of nodes has run into the fault.
    pub fn may_be_idle(self) -> Self {
        self.change(|options| options.may_be_idle = true)
    }
}

impl Fault {
    /// Ends the fault. It resolves when a probe gets through again along all of its links, where no other fault blocks it.
    ///
    /// # Errors
    /// When no probe gets through within 30 s (or [`timeout`](Wait::timeout)); when no traffic of nodes has run into the fault.
    pub fn heal(&self) -> Wait<'static, (), Heal> {
        let fault = self.clone();
        let healed = fault.name().to_owned();
        Wait::with_options(
            fault.cluster().home().watch(move || format!("the end of {healed}")),
            Heal::default(),
            move |options, deadline| async move { heal(fault.cluster(), fault.in_force(), &options, deadline).await },
        )
    }
}

impl Cluster {
    /// Ends all faults; see [`Fault::heal`].
    ///
    /// # Errors
    /// Those of [`Fault::heal`], of the first that has one.
    pub fn heal(&self) -> Wait<'static, (), Heal> {
        let cluster = self.view();
        let watch = cluster.home().watch(|| "the end of all faults".to_owned());
        Wait::with_options(watch, Heal::default(), move |options, deadline| async move {
            let mut healed = Ok(());
            for fault in cluster.home().faults().all() {
                healed = healed.and(heal(&cluster, &fault, &options, deadline).await);
            }
            healed
        })
    }
}

pub(super) async fn heal(cluster: &View, fault: &Arc<InForce>, options: &Heal, deadline: Deadline) -> Result {
    let home = cluster.home();
    if home.is_ruled() {
        return match placed::heal(home, fault, deadline).await? {
            true => bitten(cluster, fault, options),
            false => Ok(()),
        };
    }
    let _change = change(home, fault, deadline).await?;
    if !home.faults().remove(fault) {
        return Ok(());
    }
    let ends = ends_of(cluster, fault);
    home.faults().lift(fault, &ends, home.journal());
    for end in &ends {
        end.rules_changed().await;
    }
    passes(home, fault, &ends, deadline).await?;
    bitten(cluster, fault, options)
}

/// # Errors
/// When nothing has run into it, and that is not allowed.
fn bitten(cluster: &View, fault: &InForce, options: &Heal) -> Result {
    match fault.is_idle() && !options.may_be_idle {
        true => Err(cluster.bit_nothing(fault).into()),
        false => Ok(()),
    }
}
