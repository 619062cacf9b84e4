//! Faults that the place of a cluster puts in force, on the packets between nodes.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::change::change;
use super::control::{concerned, refused};
use crate::clock::{Deadline, pause};
use crate::error::{FaultError, Result};
use crate::net::Effect;
use crate::node::{Home, InForce, NodePair, State};
use crate::place::Passage;
use crate::start::View;

/// The pause before probes are sent again.
const PAUSE: Duration = Duration::from_millis(5);
/// The most packets that are sent to see one lost.
const MOST_PACKETS: u32 = 40_000;

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
    let late = || Err(self::unproved(fault, first, format!("was not seen within {:?}", deadline.total())));
    deadline.bound(prove(home, fault, &pairs)).await.unwrap_or_else(late)?;
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
    deadline.bound(passes(home, fault, open)).await.unwrap_or_else(|| Err(self::unproved(fault, first, late())))?;
    Ok(true)
}

/// All that go from one node to another in the fault.
fn pairs(cluster: &View, fault: &InForce) -> Vec<NodePair> {
    let states: Vec<&Arc<State>> = cluster.nodes().iter().map(|node| node.state()).collect();
    let (mut known, mut pairs) = (HashSet::new(), Vec::new());
    for span in &fault.spans {
        for from in states.iter().filter(|node| span.from.contains(&node.id())) {
            let to = states.iter().filter(|node| span.to.contains(&node.id()) && node.id() != from.id());
            pairs.extend(to.filter(|to| known.insert((from.id(), to.id()))).map(|to| ((*from).clone(), (*to).clone())));
        }
    }
    pairs
}

fn is_blocked(home: &Home, (from, to): &NodePair) -> bool {
    let faults = home.faults().all();
    faults.iter().any(|fault| matches!(fault.effect, Effect::Block(_)) && fault.concerns_pair(from.id(), to.id()))
}

/// # Errors
/// When probes came past a block, or a loss has lost none.
async fn prove(home: &Home, fault: &InForce, pairs: &[NodePair]) -> Result<(), FaultError> {
    let loss = match fault.effect {
        Effect::Block(_) => None,
        Effect::Conditions(conditions) => conditions.loss.filter(|loss| *loss > 0.0),
    };
    let probed: Vec<_> = match fault.effect {
        Effect::Conditions(_) => pairs.iter().filter(|pair| !is_blocked(home, pair)).cloned().collect(),
        Effect::Block(_) => pairs.to_vec(),
    };
    let Some(first) = probed.first() else { return Ok(()) };
    // That none of so many is lost has a chance of about 2 in 10^9.
    let packets = loss.map_or(1, |loss| ((20.0 / loss).ceil() as u32).min(MOST_PACKETS));
    let seen = home.probe(&probed, packets).await;
    let seen = seen.map_err(|error| unproved(fault, first, format!("failed: {error}")))?;
    for (pair, Passage { sent, passed }) in probed.iter().zip(seen) {
        let (name, from, to) = (fault.name.clone(), pair.0.name().clone(), pair.1.name().clone());
        match fault.effect {
            _ if sent == 0 => return Err(unproved(fault, pair, "was not seen to be sent".to_owned())),
            Effect::Block(_) if passed > 0 => return Err(FaultError::BlockedNothing { fault: name, from, to }),
            Effect::Conditions(_) if loss.is_some() && passed >= sent => {
                return Err(FaultError::ChangedNothing { fault: name, effect: "lost", probes: packets, from, to });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Sends probes until one has passed along each of these pairs.
async fn passes(home: &Home, fault: &InForce, mut pairs: Vec<NodePair>) -> Result<(), FaultError> {
    while let Some(first) = pairs.first() {
        let seen = home.probe(&pairs, 1).await;
        let seen = seen.map_err(|error| unproved(fault, first, format!("failed: {error}")))?;
        let lost = pairs.into_iter().zip(seen).filter(|(_, seen)| seen.passed == 0);
        pairs = lost.map(|(pair, _)| pair).collect();
        if !pairs.is_empty() {
            pause(PAUSE).await;
        }
    }
    Ok(())
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
