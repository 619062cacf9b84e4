//! A plan is refused before it runs if it cannot work.

use std::sync::Arc;

use cluster_topology::Rng;

use super::act::Act;
use super::draw::Draw;
use super::field::Field;
use super::schedule::{Plan, Source};
use super::sort::Sort;
use super::step::Step;
use crate::fault::control::concerned;
use crate::fault::impose::Asked;
use crate::fault::span::span;
use crate::handle::AnyNode;
use crate::net::{Block, Effect};
use crate::node::InForce;

/// The most steps of a plan.
const MOST_STEPS: u128 = 100_000;

/// The steps of a plan, all of which can be done as far as it is known beforehand.
///
/// # Errors
/// The reason to refuse it.
pub(super) fn steps(plan: &Plan, field: &Field, most_down: usize) -> Result<Vec<Step>, String> {
    let steps = match &plan.source {
        Source::Seed { seed, acts } => {
            let count = count(plan, acts)?;
            check_acts(acts, field)?;
            let mut draw = Draw { field, most_down, rng: Rng::new(*seed) };
            draw.steps(acts, count, plan.every)?
        }
        Source::Steps(steps) => steps.clone(),
    };
    steps.iter().try_for_each(|step| check(step, field, most_down))?;
    Ok(steps)
}

/// How many acts there is time for.
fn count(plan: &Plan, acts: &[Act]) -> Result<usize, String> {
    if acts.is_empty() {
        return Err("it has no acts\nhelp: say `.any_of([Act::halves(), ..])`".to_owned());
    }
    let count = plan.during.as_millis().checked_div(plan.every.as_millis()).unwrap_or(u128::MAX);
    match usize::try_from(count) {
        Ok(some) if count <= MOST_STEPS && some >= acts.len() => Ok(some),
        Ok(some) if some < acts.len() => Err(format!(
            "there is time for {some} acts, and there are {} sorts of them\nhelp: more `.during(..)`, or a shorter `.every(..)`",
            acts.len()
        )),
        _ => Err(format!("it has more than {MOST_STEPS} acts\nhelp: a longer `.every(..)`")),
    }
}

/// Whether all nodes that may be drawn can do what may be drawn.
fn check_acts(acts: &[Act], field: &Field) -> Result<(), String> {
    for act in acts {
        match act.sort {
            Sort::Kill => {}
            Sort::Pause => check_pausable(&act.to_string(), &field.nodes)?,
            _ => {
                let all = span(&field.nodes, &field.nodes);
                let effect = Effect::Block(act.block);
                check_links(field, Asked { name: act.to_string(), spans: vec![all], effect, may_be_idle: true })?;
            }
        }
    }
    Ok(())
}

fn check(step: &Step, field: &Field, most_down: usize) -> Result<(), String> {
    if step.block != Block::BlackHole && !step.sort.blocks() {
        return Err(format!("{} blocks no link: it can neither refuse nor reset", step.act()));
    }
    let sets = field.sets(step)?;
    let nodes = sets.concat();
    if let Some(ended) = nodes.iter().find(|node| node.state().lifecycle().present_run().is_none()) {
        return Err(format!("node `{}` {}", ended.name(), ended.state().lifecycle().state()));
    }
    if !step.sort.concerns_links() && nodes.len() > most_down {
        return Err(format!("{step} takes down more nodes than the {most_down} that may be down at a time"));
    }
    if step.sort == Sort::Pause {
        check_pausable(&step.to_string(), &nodes)?;
    }
    field.fault(step, &sets).map_or(Ok(()), |fault| check_links(field, fault))
}

fn check_pausable(act: &str, nodes: &[AnyNode]) -> Result<(), String> {
    let unpausable = nodes.iter().find_map(|node| Some((node.name(), node.unpausable()?)));
    unpausable.map_or(Ok(()), |(name, why)| Err(format!("{act}: node `{name}` cannot be paused: {why}")))
}

fn check_links(field: &Field, fault: Asked) -> Result<(), String> {
    let Asked { name, spans, effect, may_be_idle } = fault;
    // Noted nowhere: it is not asked for yet.
    let fault = InForce::new(name, spans, effect, may_be_idle, &Arc::default());
    concerned(&field.cluster, &fault).map(drop).map_err(|refusal| refusal.to_string())
}
