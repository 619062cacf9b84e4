//! The network of a declaration list whose numbers are all literals, and the checks of its conditions and requirements.

use std::collections::HashMap;
use std::ops::Range;

use cluster_topology::{self as topology, Topology, index, member_name};

use crate::ast::{Count, Demand};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::model::{Argument, ArgumentValue, Link, Model, Number, Part, Requirement, Select, Step};
use crate::pattern::Pattern;

/// More links are left to the runtime: they would take too long in a compiler without optimisation.
const MOST_LINKS: usize = 1_000_000;
/// How many links the searches for one requirement may visit.
const MOST_STEPS: usize = 100_000_000;

/// Checks the requirements that can be checked here. The others stay in the model, for the runtime.
pub fn check_requirements(model: &mut Model, errors: &mut Errors) {
    if model.requirements.is_empty() || !errors.is_empty() {
        return;
    }
    let Some(network) = Network::new(model) else { return };
    let mut requirements = std::mem::take(&mut model.requirements);
    requirements.retain(|requirement| network.check(requirement, model, errors).is_none());
    model.requirements = requirements;
}

/// A link has one value of each condition: `connect(a, b, latency = 1ms); ring(a, b, c, latency = 2ms)`. What is not
/// literal is left to the runtime.
pub fn check_conditions(model: &Model, errors: &mut Errors) {
    let is_literal = |condition: &&Argument| matches!(condition.value, ArgumentValue::Literal(_));
    let links: Vec<&Link> = model.links.iter().filter(|link| link.conditions.iter().any(|c| is_literal(&c))).collect();
    if links.len() < 2 || !errors.is_empty() {
        return;
    }
    let Some(layout) = Layout::new(model) else { return };
    let mut first: HashMap<(usize, usize, &str), &Argument> = HashMap::new();
    for link in links {
        let instances = layout.instances(model, link.parent).into_iter();
        let pairs = instances.filter_map(|instance| layout.pairs(model, link, instance)).flatten();
        let each =
            pairs.flat_map(|(a, b)| link.conditions.iter().filter(is_literal).map(move |c| (a.min(b), a.max(b), c)));
        for (a, b, condition) in each.take(MOST_LINKS) {
            let given = *first.entry((a, b, condition.parameter.name)).or_insert(condition);
            if given.value != condition.value {
                let names = layout.names(model);
                let again = messages::second_condition(&names[a], &names[b], &code(&given.written));
                errors.report_both(&condition.written, &again, &given.written, messages::FIRST_GIVEN);
                break;
            }
        }
    }
}

pub struct Network {
    layout: Layout,
    topology: Topology,
    links: usize,
}

impl Network {
    /// `None` if a number in it is not a literal, or it is too large.
    pub fn new(model: &Model) -> Option<Network> {
        let layout = Layout::new(model)?;
        let mut network = Network { topology: Topology::new(layout.names(model)), layout, links: 0 };
        for link in &model.links {
            for instance in network.layout.instances(model, link.parent) {
                network.link(model, link, instance)?;
            }
        }
        Some(network)
    }

    #[cfg(test)]
    pub fn into_topology(self) -> Topology {
        self.topology
    }

    fn link(&mut self, model: &Model, link: &Link, instance: usize) -> Option<()> {
        for (a, b) in self.layout.pairs(model, link, instance)? {
            self.links += 1;
            if self.links > MOST_LINKS {
                return None;
            }
            match link.pattern {
                Pattern::OneWay => self.topology.link_one_way(a, b).ok()?,
                _ => self.topology.link(a, b).ok()?,
            }
        }
        Some(())
    }

    /// `None` if the requirement is left to the runtime. One that does not hold is reported.
    fn check(&self, requirement: &Requirement, model: &Model, errors: &mut Errors) -> Option<()> {
        let number = match requirement.number {
            None => 0,
            Some(Number::Literal(number)) => usize::try_from(number).ok()?,
            Some(Number::RunTime(_)) => return None,
        };
        let nodes = self.topology.nodes().len();
        let searches = match requirement.demand {
            Demand::Connected | Demand::Degree(_) => 1,
            Demand::Diameter(_) => nodes,
            // One search finds all nodes without which others are apart; another failure takes one for each node.
            Demand::Survives => nodes.saturating_pow(u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX)),
        };
        if searches.saturating_mul(self.links) > MOST_STEPS {
            return None;
        }
        let names: Vec<&str> = self.topology.nodes().collect();
        for instance in self.layout.instances(model, requirement.parent) {
            let parts: Vec<&Part> = requirement.parts.iter().collect();
            let members = self.layout.all_members(model, &parts, instance)?;
            let members: Vec<&str> = members.into_iter().flatten().map(|node| names[node]).collect();
            let part = || self.subnetwork(requirement.parent, instance);
            let outcome = match requirement.demand {
                Demand::Connected => part().require(topology::Requirement::Connected),
                Demand::Diameter(comparison) => part().require(topology::Requirement::Diameter(comparison, number)),
                Demand::Degree(comparison) => {
                    self.topology.require(topology::Requirement::Degree(&members, comparison, number))
                }
                Demand::Survives => part().require(topology::Requirement::Survives(number)),
            };
            if let Err(unmet) = outcome {
                let diameter = match requirement.demand {
                    Demand::Diameter(comparison) => part().diameter().map(|diameter| (comparison, diameter)),
                    _ => None,
                };
                errors.report(&requirement.written, messages::unmet(&unmet.to_string(), diameter));
                break;
            }
        }
        Some(())
    }

    /// The whole network, or one instance of a cluster by itself.
    fn subnetwork(&self, cluster: Option<usize>, instance: usize) -> Topology {
        let Some(cluster) = cluster else { return self.topology.clone() };
        let nodes = instance..instance + self.layout.sizes[cluster];
        let mut part = Topology::new(self.topology.nodes().skip(nodes.start).take(nodes.len()));
        for (a, b) in self.topology.links().map(|link| link.indices()) {
            if nodes.contains(&a) && nodes.contains(&b) {
                // Both are nodes of the part, and they differ.
                let _ = part.link(a - nodes.start, b - nodes.start);
            }
        }
        part
    }
}

/// The index of each node in the network.
struct Layout {
    /// How many nodes one instance of a declaration has.
    sizes: Vec<usize>,
    counts: Vec<usize>,
    /// Where its first instance begins in the cluster around it.
    offsets: Vec<usize>,
}

impl Layout {
    fn new(model: &Model) -> Option<Layout> {
        let count = |count: &Count| usize::try_from(count.literal()?).ok().filter(|count| *count <= MOST_LINKS);
        let counts: Vec<usize> =
            model.nodes.iter().map(|declaration| count(&declaration.count)).collect::<Option<_>>()?;
        let mut layout = Layout { sizes: vec![1; counts.len()], offsets: vec![0; counts.len()], counts };
        // The members of a cluster come after it.
        for cluster in model.clusters().rev() {
            layout.sizes[cluster] = layout.lay_out(model, Some(cluster))?;
        }
        (layout.lay_out(model, None)? <= MOST_LINKS).then_some(layout)
    }

    fn lay_out(&mut self, model: &Model, cluster: Option<usize>) -> Option<usize> {
        let mut size = 0_usize;
        for member in model.members(cluster) {
            self.offsets[member] = size;
            size = size.checked_add(self.counts[member].checked_mul(self.sizes[member])?)?;
        }
        Some(size)
    }

    /// Where each instance of a cluster begins; the whole network begins at 0.
    fn instances(&self, model: &Model, cluster: Option<usize>) -> Vec<usize> {
        let Some(cluster) = cluster else { return vec![0] };
        let around = self.instances(model, model.nodes[cluster].parent).into_iter();
        let each = |start| {
            (0..self.counts[cluster]).map(move |number| start + self.offsets[cluster] + number * self.sizes[cluster])
        };
        around.flat_map(each).collect()
    }

    /// The nodes that a statement links. `None` if a number in it is not a literal.
    fn pairs(
        &self,
        model: &Model,
        link: &Link,
        instance: usize,
    ) -> Option<impl Iterator<Item = (usize, usize)> + use<>> {
        let sides = link.sides();
        let sides: Option<Vec<_>> = sides.iter().map(|parts| self.all_members(model, parts, instance)).collect();
        let sides = sides?;
        let (first, second) = (sides.first()?.clone(), sides.last()?.clone());
        let count = first.len();
        let pairs: Box<dyn Iterator<Item = (usize, usize)>> = match link.pattern {
            Pattern::Clique => Box::new(index::clique(count)),
            Pattern::Ring => Box::new(index::ring(count)),
            Pattern::Line => Box::new(index::line(count)),
            Pattern::Star => Box::new(index::star(second.len())),
            Pattern::Connect | Pattern::OneWay => Box::new(index::connect(count, second.len())),
            // One without its seed, or with a seed that is drawn at run time, has no pairs here.
            _ => link.family()?.pairs(count).ok()?,
        };
        Some(pairs.flat_map(move |(a, b)| {
            let second = second[b].clone();
            first[a].clone().flat_map(move |a| second.clone().map(move |b| (a, b)))
        }))
    }

    /// The members that paths select, seen from an instance of the cluster around them: the nodes of each.
    fn all_members(&self, model: &Model, parts: &[&Part], instance: usize) -> Option<Vec<Range<usize>>> {
        let members: Option<Vec<_>> = parts.iter().map(|part| self.members(model, part, instance)).collect();
        members.map(|members| members.concat())
    }

    fn members(&self, model: &Model, part: &Part, instance: usize) -> Option<Vec<Range<usize>>> {
        let outside = model.nodes[part.steps[0].node].parent;
        let mut starts = vec![self.start_of(model, outside, instance)];
        for Step { node, select, .. } in &part.steps {
            let (from, to) = match *select {
                Select::All => (0, None),
                Select::Index(index) => (index, Some(index.saturating_add(1))),
                Select::Range { from, to } => (from, to),
                Select::RunTimeIndex(_) | Select::RunTimeRange(_) => return None,
            };
            let from = usize::try_from(from).ok()?;
            let to = to.map_or(Some(self.counts[*node]), |to| usize::try_from(to).ok())?;
            let (offset, size) = (self.offsets[*node], self.sizes[*node]);
            let each = |start| (from..to).map(move |number| start + offset + number * size);
            starts = starts.into_iter().flat_map(each).collect();
        }
        let size = self.sizes[part.node()];
        Some(starts.into_iter().map(|start| start..start + size).collect())
    }

    /// Where the instance of `cluster` begins that is, or is around, what begins at `instance`.
    fn start_of(&self, model: &Model, cluster: Option<usize>, instance: usize) -> usize {
        let starts = self.instances(model, cluster);
        starts[starts.partition_point(|start| *start <= instance) - 1]
    }

    fn names(&self, model: &Model) -> Vec<String> {
        let mut names = Vec::new();
        self.name_members(model, None, "", &mut names);
        names
    }

    fn name_members(&self, model: &Model, cluster: Option<usize>, before: &str, names: &mut Vec<String>) {
        for member in model.members(cluster) {
            let declaration = &model.nodes[member];
            for index in 0..self.counts[member] {
                let name = match declaration.count {
                    Count::One => format!("{before}{}", declaration.text()),
                    _ => member_name(&format!("{before}{}", declaration.text()), index),
                };
                match declaration.is_cluster {
                    true => self.name_members(model, Some(member), &format!("{name}."), names),
                    false => names.push(name),
                }
            }
        }
    }
}
