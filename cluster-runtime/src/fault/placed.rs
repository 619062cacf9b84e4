//! Faults that the place of a cluster puts in force, on the packets between nodes.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use super::change::change;
use super::control::{concerned, refused};
use crate::clock::Deadline;
use crate::error::{FaultError, Result};
use crate::net::Effect;
use crate::node::{Home, InForce, NodePair, State};
use crate::proof::{passes_at_place, prove_at_place};
use crate::start::View;

/// Puts a fault in force, and proves it: probes were sent by the nodes' own ways, and the place has counted that none came past.
/// It is taken back on an error, and when the future is dropped.
///
/// # Errors
/// When it is refused, or a probe shows that it has no effect.
pub(super) async fn impose(cluster: &View, fault: &Arc<InForce>, deadline: Deadline) -> Result {
    let home = cluster.home();
    let ends = concerned(cluster, fault)?;
    let pairs = pairs(cluster, fault);
    let Some(first) = pairs.first() else {
        return Err(refused(fault, "it is between no two nodes\nhelp: name nodes on both sides".to_owned()).into());
    };
    let _change = change(home, fault, deadline).await?;
    let undo = Undo { home, fault: Some(fault), pairs: &pairs };
    home.faults().add(fault);
    let unproved = |error: io::Error| unproved(fault, first, format!("failed: {error}"));
    home.put_in_force(fault, &pairs).await.map_err(unproved)?;
    prove_at_place(home, &fault.name, fault.effect, &probed(home, fault, &pairs), deadline).await?;
    fault.note_in_force(home.journal(), &ends);
    undo.disarm();
    Ok(())
}

/// Ends a fault, and sees probes get through where no other fault holds them; `false` if it is not in force.
///
/// # Errors
/// When the place cannot do so, or no probe gets through before the deadline.
pub(super) async fn heal(home: &Arc<Home>, fault: &Arc<InForce>, deadline: Deadline) -> Result<bool> {
    let _change = change(home, fault, deadline).await?;
    let Some(pairs) = fault.counted_pairs() else { return Ok(false) };
    let Some(first) = pairs.first() else { return Ok(false) };
    let unproved = |error: io::Error| unproved(fault, first, format!("failed: {error}"));
    home.count(fault).await.map_err(unproved)?;
    if !home.faults().remove(fault) {
        return Ok(false);
    }
    home.faults().lift(fault, &[], home.journal());
    home.set_rules(pairs).await.map_err(unproved)?;
    let open: Vec<_> = pairs.iter().filter(|pair| !is_blocked(home, pair)).cloned().collect();
    let late = || format!("did not arrive within {:?} after it was healed", deadline.total());
    deadline
        .bound(passes_at_place(home, &fault.name, open))
        .await
        .unwrap_or_else(|| Err(self::unproved(fault, first, late())))?;
    Ok(true)
}

/// All that go from one node to another in the fault.
fn pairs(cluster: &View, fault: &InForce) -> Vec<NodePair> {
    let states: Vec<&Arc<State>> = cluster.nodes().iter().map(|node| node.state()).collect();
    let (mut known, mut pairs) = (HashSet::new(), Vec::new());
    for span in &fault.spans {
        for from in states.iter().filter(|node| span.from.contains(node.id())) {
            let to = states.iter().filter(|node| span.to.contains(node.id()) && node.id() != from.id());
            pairs.extend(to.filter(|to| known.insert((from.id(), to.id()))).map(|to| ((*from).clone(), (*to).clone())));
        }
    }
    pairs
}

/// Those of its pairs on which it shows: conditions, on none that is blocked.
fn probed(home: &Home, fault: &InForce, pairs: &[NodePair]) -> Vec<NodePair> {
    match fault.effect {
        Effect::Block(_) => pairs.to_vec(),
        Effect::Conditions(_) => pairs.iter().filter(|pair| !is_blocked(home, pair)).cloned().collect(),
    }
}

fn is_blocked(home: &Home, (from, to): &NodePair) -> bool {
    let faults = home.faults().all();
    faults.iter().any(|fault| matches!(fault.effect, Effect::Block(_)) && fault.concerns_pair(from.id(), to.id()))
}

fn unproved(fault: &InForce, (from, to): &NodePair, problem: String) -> FaultError {
    FaultError::Unproved { fault: fault.name.clone(), from: from.name().clone(), to: to.name().clone(), problem }
}

/// Takes a fault back that was not proved.
struct Undo<'a> {
    home: &'a Arc<Home>,
    fault: Option<&'a Arc<InForce>>,
    pairs: &'a [NodePair],
}

impl Undo<'_> {
    fn disarm(mut self) {
        self.fault = None;
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if let Some(fault) = self.fault {
            if self.home.faults().remove(fault) {
                self.home.faults().lift(fault, &[], self.home.journal());
            }
            self.home.restore(self.pairs.to_vec());
        }
    }
}
