use super::cluster::{NodeRun, ends_of};
use super::options::Options;
use super::preflight::is_private;
use crate::error::{Error, Refusal, Result};
use crate::handle::AnyNode;
use crate::node::{EndRun, Home};

/// The runs that a start has begun. They are ended when it is dropped.
pub(super) struct Begun(Vec<NodeRun>);

impl Begun {
    pub(super) fn runs(&self) -> &[NodeRun] {
        &self.0
    }

    /// The start is over: somebody else owns the runs.
    pub(super) fn into_runs(mut self) -> Vec<NodeRun> {
        std::mem::take(&mut self.0)
    }

    /// The same, as what ends them.
    pub(super) fn into_ends(self) -> Vec<EndRun> {
        ends_of(self.into_runs())
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        for (node, run) in &self.0 {
            node.abort(*run);
        }
    }
}

/// Begins a run of each node, as new.
///
/// # Errors
/// When one runs already; then none is begun.
pub(super) fn begin(home: &Home, nodes: &[AnyNode], options: &Options) -> Result<Begun> {
    let mut begun = Begun(Vec::with_capacity(nodes.len()));
    for node in nodes {
        match node.context().begin(is_private(node, options), options.levels.clone()) {
            Some(run) => begun.0.push((node.context().clone(), run)),
            None => {
                let nodes = vec![node.state().name().clone()];
                return Err(Error::refused(Refusal::Running { nodes }));
            }
        }
    }
    for node in nodes {
        home.enrol(node.state(), node.context().links());
        for link in node.context().links().declared() {
            // Its place is known now.
            link.put_conditions_in_force();
            home.faults().apply_to(&link);
            home.open_relays(&link)?;
        }
    }
    Ok(begun)
}
