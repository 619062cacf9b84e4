//! Steps, put in force one after another, and ended.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::field::Field;
use super::ran::Done;
use super::sort::Sort;
use super::step::Step;
use crate::clock::{self, Deadline, pause};
use crate::error::Result;
use crate::event::Level;
use crate::fault::heal::{Heal, heal};
use crate::fault::impose::impose;
use crate::fault::{Evidence, Fault};
use crate::handle::AnyNode;
use crate::node::note_fault;
use crate::start::Cluster;

/// The acts of a plan that runs. If this is dropped, links are whole again and paused nodes go on; killed ones stay so.
pub(super) struct Acting<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) field: Field,
    /// For each act, and for the healing.
    pub(super) deadline: Deadline,
    /// How many steps have begun.
    pub(super) begun: Arc<AtomicUsize>,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    present: Option<Present>,
    done: Vec<Done>,
}

/// What the present step has broken, or is about to.
#[derive(Clone)]
enum Present {
    Killed(Vec<AnyNode>),
    Paused(Vec<AnyNode>),
    Fault(Fault),
}

impl<'a> Acting<'a> {
    pub(super) fn new(cluster: &'a Cluster, field: Field, deadline: Deadline, begun: Arc<AtomicUsize>) -> Self {
        Self { cluster, field, deadline, begun, progress: Mutex::default() }
    }

    /// The steps that are over.
    pub(super) fn done(&self) -> Vec<Done> {
        self.progress().done.clone()
    }

    /// # Errors
    /// Of the first step that cannot be begun or ended.
    pub(super) async fn perform(&self, steps: &[Step]) -> Result {
        let began = clock::instant();
        for step in steps {
            pause(step.at.saturating_sub(clock::instant() - began)).await;
            self.note(Level::Notice, "act_begun", step, None);
            self.begun.fetch_add(1, Ordering::Relaxed);
            self.begin(step).await?;
            pause(step.lasting).await;
            let evidence = self.mend().await?;
            let done = Done { step: step.clone(), evidence };
            match done.has_bitten() {
                true => self.note(Level::Notice, "act_ended", step, evidence),
                false => self.note(Level::Warning, "act_idle", step, evidence),
            }
            self.progress().done.push(done);
        }
        Ok(())
    }

    async fn begin(&self, step: &Step) -> Result {
        let sets = self.field.sets(step).map_err(crate::Error::other)?;
        let (nodes, deadline) = (sets.concat(), self.deadline.renewed());
        match self.field.fault(step, &sets) {
            Some(fault) => {
                let fault = impose(&self.field.cluster, fault, deadline).await?;
                self.progress().present = Some(Present::Fault(fault));
                Ok(())
            }
            // Known before, so that it is mended wherever this is dropped.
            None if step.sort == Sort::Kill => {
                self.progress().present = Some(Present::Killed(nodes.clone()));
                self.cluster.kill(&nodes).until(deadline).await
            }
            None => {
                self.progress().present = Some(Present::Paused(nodes.clone()));
                self.cluster.pause(&nodes).until(deadline).await
            }
        }
    }

    /// Ends the present step, and returns what has run into it.
    ///
    /// # Errors
    /// When a probe does not get through again, or a node does not run.
    pub(super) async fn mend(&self) -> Result<Option<Evidence>> {
        let (present, deadline) = (self.progress().present.clone(), self.deadline.renewed());
        let evidence = match present {
            None => None,
            Some(Present::Killed(nodes)) => {
                self.cluster.restart(&nodes).until(deadline).await?;
                None
            }
            Some(Present::Paused(nodes)) => {
                let paused: Vec<_> = nodes.into_iter().filter(|node| node.state().lifecycle().is_paused()).collect();
                self.cluster.resume(&paused).until(deadline).await?;
                None
            }
            Some(Present::Fault(fault)) => {
                heal(fault.cluster(), fault.in_force(), &Heal::default(), deadline).await?;
                Some(fault.evidence())
            }
        };
        self.progress().present = None;
        Ok(evidence)
    }

    fn note(&self, level: Level, name: &'static str, step: &Step, evidence: Option<Evidence>) {
        let evidence = evidence.map(|evidence| evidence.to_string());
        let value = json!({ "act": step.to_string(), "evidence": evidence });
        note_fault(self.field.cluster.home().journal(), level, name, value);
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Acting<'_> {
    fn drop(&mut self) {
        let home = self.field.cluster.home();
        match self.progress().present.take() {
            Some(Present::Fault(fault)) => {
                home.faults().end(fault.in_force(), &self.field.cluster.link_ends(), home.journal());
            }
            Some(Present::Paused(nodes)) => {
                let Some(driver) = home.driver() else { return };
                driver.background().spawn(async move {
                    for node in nodes {
                        // It may have ended meanwhile.
                        let _ = node.resume_paused().await;
                    }
                });
            }
            Some(Present::Killed(_)) | None => {}
        }
    }
}
