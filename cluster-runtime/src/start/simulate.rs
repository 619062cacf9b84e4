//! Whether a cluster runs in simulated time.

use std::sync::Arc;

use super::options::Options;
use crate::error::{Error, Refusal, Result};
use crate::handle::AnyNode;
use crate::node::Home;
use crate::place::Place;
use crate::simulation::{Halt, Simulation};

/// What passes the time of the nodes, if that is simulated: at their place, or as the environment has it for all clusters that can
/// be.
///
/// # Errors
/// When the environment cannot be read, or no thread can be had.
pub(super) fn simulate(home: &Home, nodes: &[AnyNode], options: &mut Options) -> Result<Option<Simulation>> {
    if options.place.is_none() && home.place().is_none() {
        options.place = of_environment(nodes)?;
    }
    let Some(place) = options.place.clone().or_else(|| home.place()) else { return Ok(None) };
    let Some(seed) = place.simulation() else { return Ok(None) };
    let is_fit = |node: &AnyNode| {
        node.state().place().is_none_or(|at| at == place.name()) && node.profile().unsimulable().is_none()
    };
    // The start is refused.
    if !nodes.iter().all(is_fit) {
        return Ok(None);
    }
    match home.simulate(seed) {
        Ok(simulation) if simulation.is_closed() => Err(Error::other(Halt::Over)),
        Ok(simulation) => Ok(Some(simulation.clone())),
        Err(error) => Err(Error::refused(Refusal::NoPlace { place: place.name(), why: error.to_string() })),
    }
}

#[cfg(feature = "simulated")]
fn of_environment(nodes: &[AnyNode]) -> Result<Option<Arc<dyn Place>>> {
    use crate::place::Simulated;
    use crate::seed::{SIMULATED_VARIABLE, simulated_seed};

    let unreadable = |why: &str| Refusal::Environment { variable: SIMULATED_VARIABLE, why: why.to_owned() };
    let Some(seed) = simulated_seed().map_err(|why| Error::refused(unreadable(why)))? else { return Ok(None) };
    if let Some((node, why)) = nodes.iter().find_map(|node| Some((node, why_not(node)?))) {
        let why = why.lines().next().unwrap_or_default();
        eprintln!("{SIMULATED_VARIABLE}: this cluster is not simulated: node `{}` cannot be: {why}", node.name());
        return Ok(None);
    }
    Ok(Some(Arc::new(Simulated::new(seed))))
}

#[cfg(not(feature = "simulated"))]
fn of_environment(_: &[AnyNode]) -> Result<Option<Arc<dyn Place>>> {
    Ok(None)
}

/// Why a node cannot run in simulated time.
#[cfg(feature = "simulated")]
fn why_not(node: &AnyNode) -> Option<&'static str> {
    let is_elsewhere = node.state().place().is_some();
    is_elsewhere.then_some("its address or its directory was asked for before").or_else(|| node.profile().unsimulable())
}
