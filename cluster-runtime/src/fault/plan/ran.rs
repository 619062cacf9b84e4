use super::step::Step;
use crate::fault::Evidence;

/// What a plan has done, and what its workload has returned.
#[derive(Clone, Debug)]
pub struct Ran<T = ()> {
    pub(super) acts: Vec<Done>,
    pub(super) output: T,
}

/// An act of a plan that is over.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Done {
    /// The act.
    pub step: Step,
    /// What it has done to the traffic of nodes; `None` for one that kills or pauses nodes, which needs no traffic.
    pub evidence: Option<Evidence>,
}

impl<T> Ran<T> {
    /// Returns what the workload has returned.
    pub fn into_output(self) -> T {
        self.output
    }

    /// Returns its acts, in their order.
    pub fn acts(&self) -> &[Done] {
        &self.acts
    }

    /// Returns the acts that no traffic of nodes ran into.
    pub fn idle(&self) -> impl Iterator<Item = &Done> {
        self.acts.iter().filter(|done| !done.has_bitten())
    }
}

impl Done {
    /// Whether it has done something: nodes ran into it, or were killed or paused.
    pub fn has_bitten(&self) -> bool {
        self.evidence.is_none_or(|evidence| evidence.has_bitten())
    }
}
