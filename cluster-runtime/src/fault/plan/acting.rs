//! Steps, each put in force at its moment, and ended.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard};
use std::task::Poll;
use std::time::Duration;

use serde_json::json;
use tokio::sync::oneshot;

use super::down::Down;
use super::field::Field;
use super::ran::Done;
use super::sort::Sort;
use super::step::Step;
use crate::clock::{self, Deadline, pause};
use crate::error::{Error, Result};
use crate::event::Level;
use crate::fault::heal::{Heal, heal};
use crate::fault::impose::impose;
use crate::fault::{Evidence, Fault};
use crate::handle::AnyNode;
use crate::lock::lock;
use crate::node::note_fault;
use crate::ordered::ordered;
use crate::start::Cluster;

/// The acts of a plan that runs. If this is dropped, links are whole again and paused nodes go on; killed ones stay so.
pub(super) struct Acting<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) field: Field,
    /// For each act, and for the healing.
    deadline: Deadline,
    down: Down,
    progress: Mutex<Progress>,
}

/// In the order of the numbers of the steps.
#[derive(Default)]
struct Progress {
    /// What is broken, or is about to be.
    present: Vec<(usize, Present)>,
    done: Vec<(usize, Done)>,
}

#[derive(Clone)]
enum Present {
    Killed(Vec<AnyNode>),
    Paused(Vec<AnyNode>),
    Fault(Fault),
}

type Act<'a> = Pin<Box<dyn Future<Output = Result> + Send + 'a>>;

impl<'a> Acting<'a> {
    pub(super) fn new(cluster: &'a Cluster, field: Field, deadline: Deadline, most_down: usize) -> Self {
        Self { cluster, field, deadline, down: Down::new(most_down), progress: Mutex::default() }
    }

    /// The steps that are over, in their order.
    pub(super) fn done(&self) -> Vec<Done> {
        self.progress().done.iter().map(|(_, done)| done.clone()).collect()
    }

    /// Performs all steps, each at its moment, or as much later as those before it took to be in force: on a busy machine they would
    /// all lie upon each other else. `begun` is called with the number of each one that begins.
    ///
    /// # Errors
    /// Of the first step that cannot be begun or ended.
    pub(super) async fn perform(&self, steps: &[Step], begun: &(dyn Fn(usize) + Sync)) -> Result {
        let (began, mut late) = (clock::instant(), Duration::ZERO);
        let in_order = ordered(steps.iter().enumerate().map(|(number, step)| (step.at, number)));
        let mut acts = Vec::new();
        for (at, number) in in_order {
            let due = at.saturating_add(late);
            alongside(&mut acts, pause(due.saturating_sub(clock::instant() - began))).await?;
            let (in_force, is_in_force) = oneshot::channel();
            acts.push(Box::pin(self.act(number, &steps[number], begun, in_force)));
            // Without an answer the act has failed, which is found first.
            let _ = alongside(&mut acts, is_in_force).await?;
            late = (clock::instant() - began).saturating_sub(at);
        }
        while let Some(last) = acts.pop() {
            alongside(&mut acts, last).await??;
        }
        Ok(())
    }

    async fn act(
        &self,
        number: usize,
        step: &Step,
        begun: &(dyn Fn(usize) + Sync),
        in_force: oneshot::Sender<()>,
    ) -> Result {
        let sets = self.field.sets(step).map_err(Error::other)?;
        let takes_down = !step.sort.concerns_links();
        let ids = sets.iter().flatten().filter(|_| takes_down).map(|node| node.state().id()).collect();
        let _taken = self.down.take(ids).await;
        self.note(Level::Notice, "act_begun", step, None);
        begun(number);
        self.begin(number, step, &sets).await?;
        // Nobody waits for it when the plan is given up.
        let _ = in_force.send(());
        pause(step.lasting).await;
        let evidence = self.end(number).await?;
        let done = Done { step: step.clone(), evidence };
        match done.has_bitten() {
            true => self.note(Level::Notice, "act_ended", step, evidence),
            false => self.note(Level::Warning, "act_idle", step, evidence),
        }
        insert(&mut self.progress().done, number, done);
        Ok(())
    }

    async fn begin(&self, number: usize, step: &Step, sets: &[Vec<AnyNode>]) -> Result {
        let (nodes, deadline) = (sets.concat(), self.deadline.renewed());
        match self.field.fault(step, sets) {
            Some(fault) => {
                let fault = impose(&self.field.cluster, fault, deadline).await?;
                insert(&mut self.progress().present, number, Present::Fault(fault));
                Ok(())
            }
            // Known before, so that it is mended wherever this is dropped.
            None if step.sort == Sort::Kill => {
                insert(&mut self.progress().present, number, Present::Killed(nodes.clone()));
                self.cluster.kill(&nodes).until(deadline).await
            }
            None => {
                insert(&mut self.progress().present, number, Present::Paused(nodes.clone()));
                self.cluster.pause(&nodes).until(deadline).await
            }
        }
    }

    /// Ends all that is broken.
    ///
    /// # Errors
    /// The first one, when a probe does not get through again, or a node does not run.
    pub(super) async fn mend(&self) -> Result {
        let numbers: Vec<_> = self.progress().present.iter().map(|(number, _)| *number).collect();
        let mut mended = Ok(());
        for number in numbers {
            mended = mended.and(self.end(number).await.map(drop));
        }
        mended
    }

    /// Ends what a step has broken, and returns what has run into it.
    async fn end(&self, number: usize) -> Result<Option<Evidence>> {
        let (present, deadline) = (self.present(number), self.deadline.renewed());
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
        self.progress().present.retain(|(step, _)| *step != number);
        Ok(evidence)
    }

    fn present(&self, number: usize) -> Option<Present> {
        self.progress().present.iter().find(|(step, _)| *step == number).map(|(_, present)| present.clone())
    }

    fn note(&self, level: Level, name: &'static str, step: &Step, evidence: Option<Evidence>) {
        let evidence = evidence.map(|evidence| evidence.to_string());
        let value = json!({ "act": step.to_string(), "evidence": evidence });
        note_fault(self.field.cluster.home().journal(), level, name, value);
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        lock(&self.progress)
    }
}

impl Drop for Acting<'_> {
    fn drop(&mut self) {
        let cluster = &self.field.cluster;
        let (home, present) = (cluster.home(), std::mem::take(&mut self.progress().present));
        for (_, present) in present {
            match present {
                Present::Fault(fault) => {
                    if home.faults().remove(fault.in_force()) {
                        home.faults().lift(fault.in_force(), &cluster.link_ends(), home.journal());
                    }
                    home.restore(fault.in_force().counted_pairs().unwrap_or_default().to_vec());
                }
                Present::Paused(nodes) => {
                    let Some(driver) = home.driver() else { continue };
                    driver.background().spawn(async move {
                        for node in nodes {
                            // It may have ended meanwhile.
                            let _ = node.resume_paused().await;
                        }
                    });
                }
                Present::Killed(_) => {}
            }
        }
    }
}

fn insert<T>(of_steps: &mut Vec<(usize, T)>, number: usize, of_step: T) {
    let place = of_steps.partition_point(|(step, _)| *step < number);
    of_steps.insert(place, (number, of_step));
}

/// Goes on with acts while something else is awaited; those that are over are removed.
///
/// # Errors
/// Of the first act that has one.
async fn alongside<T>(acts: &mut Vec<Act<'_>>, other: impl Future<Output = T>) -> Result<T> {
    let mut other = pin!(other);
    poll_fn(|cx| {
        let mut number = 0;
        while let Some(act) = acts.get_mut(number) {
            match act.as_mut().poll(cx) {
                Poll::Pending => number += 1,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(())) => drop(acts.swap_remove(number)),
            }
        }
        other.as_mut().poll(cx).map(Ok)
    })
    .await
}
