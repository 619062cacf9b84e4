//! Proofs by packets that the place of a cluster counts.

use std::io;
use std::time::Duration;

use crate::clock::{Deadline, pause};
use crate::error::FaultError;
use crate::net::{Conditions, Effect};
use crate::node::{Home, LinkEnd, NodePair};
use crate::place::Passage;

/// The pause before probes are sent again.
const PAUSE: Duration = Duration::from_millis(5);
/// The most packets that are sent to see one lost.
const MOST_PACKETS: u32 = 40_000;

/// Sends probes along these pairs, on which a fault of this name is in force.
///
/// # Errors
/// When one came past a block, a loss has lost none, or the deadline has passed.
pub(crate) async fn prove_at_place(
    home: &Home,
    fault: &str,
    effect: Effect,
    pairs: &[NodePair],
    deadline: Deadline,
) -> Result<(), FaultError> {
    let Some(first) = pairs.first() else { return Ok(()) };
    let loss = match effect {
        Effect::Block(_) => None,
        Effect::Conditions(conditions) => loss_of(conditions),
    };
    // That none of so many is lost has a chance of about 2 in 10^9.
    let packets = loss.map_or(1, |loss| ((20.0 / loss).ceil() as u32).min(MOST_PACKETS));
    let seen = deadline.bound(home.probe(pairs, packets)).await;
    let seen = seen.ok_or_else(|| unproved(fault, first, format!("was not seen within {:?}", deadline.total())))?;
    let seen = seen.map_err(|error| failed(fault, first, &error))?;
    for (pair, Passage { sent, passed }) in pairs.iter().zip(seen) {
        let (name, from, to) = (fault.to_owned(), pair.0.name().clone(), pair.1.name().clone());
        match effect {
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

/// Sends probes along both ways of these links, of which losses are declared. No probe shows a rate.
///
/// # Errors
/// When a loss has lost none, or the deadline has passed.
pub(super) async fn prove_declared(home: &Home, ends: &[LinkEnd], deadline: Deadline) -> Result<(), FaultError> {
    let mut declared: Vec<(Conditions, Vec<NodePair>)> = Vec::new();
    for end in ends.iter().filter(|end| loss_of(end.conditions()).is_some()) {
        let pairs = [pair(end), pair(&end.reversed())];
        match declared.iter_mut().find(|(conditions, _)| *conditions == end.conditions()) {
            Some((_, alike)) => alike.extend(pairs),
            None => declared.push((end.conditions(), pairs.into())),
        }
    }
    for (conditions, pairs) in declared {
        let name = format!("the declared condition ({conditions})");
        prove_at_place(home, &name, Effect::Conditions(conditions), &pairs, deadline).await?;
    }
    Ok(())
}

/// Sends probes until one has passed along each of these pairs, on which a fault of this name was healed.
///
/// # Errors
/// When none can be sent.
pub(crate) async fn passes_at_place(home: &Home, fault: &str, mut pairs: Vec<NodePair>) -> Result<(), FaultError> {
    while let Some(first) = pairs.first() {
        let seen = home.probe(&pairs, 1).await;
        let seen = seen.map_err(|error| failed(fault, first, &error))?;
        let lost = pairs.into_iter().zip(seen).filter(|(_, seen)| seen.passed == 0);
        pairs = lost.map(|(pair, _)| pair).collect();
        if !pairs.is_empty() {
            pause(PAUSE).await;
        }
    }
    Ok(())
}

fn pair(end: &LinkEnd) -> NodePair {
    (end.own().clone(), end.other().clone())
}

fn loss_of(conditions: Conditions) -> Option<f64> {
    conditions.loss.filter(|loss| *loss > 0.0)
}

fn failed(fault: &str, pair: &NodePair, error: &io::Error) -> FaultError {
    unproved(fault, pair, format!("failed: {error}"))
}

fn unproved(fault: &str, (from, to): &NodePair, problem: String) -> FaultError {
    FaultError::Unproved { fault: fault.to_owned(), from: from.name().clone(), to: to.name().clone(), problem }
}
