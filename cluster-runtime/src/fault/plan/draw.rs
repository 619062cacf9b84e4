//! Steps are drawn before anything runs.

use std::time::Duration;

use cluster_topology::Rng;

use super::act::Act;
use super::field::Field;
use super::sort::Sort;
use super::step::Step;

/// How often the nodes of a step are drawn until a link is between them.
const TRIES: usize = 100;

/// What a seeded plan draws with.
pub(super) struct Draw<'a> {
    pub(super) field: &'a Field,
    pub(super) most_down: usize,
    pub(super) rng: Rng,
}

impl Draw<'_> {
    /// The steps of so many acts, one `every` so often.
    ///
    /// # Errors
    /// When an act has no nodes, or no links.
    pub(super) fn steps(&mut self, acts: &[Act], count: usize, every: Duration) -> Result<Vec<Step>, String> {
        let mut steps = Vec::with_capacity(count);
        let mut round = Vec::new();
        for number in 0..count {
            if round.is_empty() {
                round = acts.to_vec();
                self.shuffle(&mut round);
            }
            let Some(act) = round.pop() else { break };
            let at = every.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX));
            let every = millis(every);
            let lasting = Duration::from_millis(u64::from(every / 2 + self.rng.below(every.max(1))));
            steps.push(self.step(act)?.at(at).lasting(lasting));
        }
        Ok(steps)
    }

    fn step(&mut self, act: Act) -> Result<Step, String> {
        for _ in 0..TRIES {
            let mut step = self.attempt(act)?;
            step.block = act.block;
            if self.meets_a_link(&step)? {
                return Ok(step);
            }
        }
        Err(format!("{act} has no link to cut\nhelp: declare links between the nodes of the plan"))
    }

    fn attempt(&mut self, act: Act) -> Result<Step, String> {
        let (count, most_down) = (self.field.nodes.len(), self.most_down);
        Ok(match act.sort {
            Sort::Kill => {
                let most = (count.saturating_sub(1) / 2).min(most_down);
                let some = self.some_nodes(act, most)?;
                Step::kill(some)
            }
            Sort::Pause => Step::pause(self.some_nodes(act, most_down.min(1))?),
            Sort::Isolate => Step::isolate(self.some_nodes(act, 1)?),
            Sort::Partition => {
                let names = self.shuffled_names();
                let (first, second) = names.split_at(names.len() / 2);
                Step::partition([first, second].map(<[String]>::to_vec))
            }
            Sort::Bridge => Step::bridge(self.shuffled_names()),
            Sort::MajoritiesRing => Step::majorities_ring(self.shuffled_names()),
            Sort::Cut => {
                let (a, b) = self.link(act)?;
                Step::cut(a, b)
            }
            Sort::CutOneWay => {
                let (from, to) = self.link(act)?;
                Step::cut_one_way(from, to)
            }
            Sort::Slow => {
                let (a, b) = self.link(act)?;
                Step::slow(a, b, Duration::from_millis(10 + u64::from(self.rng.below(91))))
            }
        })
    }

    /// Whether the step concerns links, unless it need not.
    fn meets_a_link(&self, step: &Step) -> Result<bool, String> {
        let sets = self.field.sets(step)?;
        let Some(fault) = self.field.fault(step, &sets) else { return Ok(true) };
        let meets = |span: &crate::node::Span| {
            let mut ends = self.field.ends.iter();
            ends.any(|end| span.from.contains(end.own().id()) && span.to.contains(end.other().id()))
        };
        Ok(fault.spans.iter().any(meets))
    }

    /// From one to `most` nodes.
    fn some_nodes(&mut self, act: Act, most: usize) -> Result<Vec<String>, String> {
        if most == 0 {
            let (nodes, down) = (self.field.nodes.len(), self.most_down);
            return Err(format!("{act} needs more nodes: of {nodes}, at most {down} may be down"));
        }
        let count = 1 + self.below(most);
        let mut names = self.shuffled_names();
        names.truncate(count);
        Ok(names)
    }

    /// The ends of a declared link, in either order.
    fn link(&mut self, act: Act) -> Result<(String, String), String> {
        if self.field.ends.is_empty() {
            return Err(format!("{act} has no link to break\nhelp: declare links between the nodes of the plan"));
        }
        let end = &self.field.ends[self.below(self.field.ends.len())];
        Ok((end.own().name().to_string(), end.other().name().to_string()))
    }

    fn shuffled_names(&mut self) -> Vec<String> {
        let mut names: Vec<_> = self.field.nodes.iter().map(|node| node.name().to_owned()).collect();
        self.shuffle(&mut names);
        names
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }

    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        self.rng.below(u32::try_from(bound).unwrap_or(u32::MAX)) as usize
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
