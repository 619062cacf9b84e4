//! The network that a declaration list stands for, where all of it is literal; and what it requires.

use std::ops::Range;

use cluster_topology::{Requirement, Shape, Topology, index};

use crate::errors::Errors;
use crate::model::{Bounds, Count, Demand, Link, Model, Part, Select, Set, Step};
use crate::number::Number;
use crate::parameter;
use crate::pattern::Pattern;

/// More than this is left to the runtime: it would take too long in a compiler without optimisation.
const MOST_LINKS: usize = 1_000_000;
/// How many nodes times links a search of every node may take.
const MOST_STEPS: usize = 100_000_000;

/// Checks every requirement that can be; those that cannot stay in the model, for the runtime.
pub fn check_requirements(model: &mut Model, errors: &mut Errors) {
    if model.requirements.is_empty() || !errors.is_empty() {
        return;
    }
    let Some(network) = Network::new(model) else { return };
    let open = |requirement: &_| network.check(requirement, model, errors);
    let open: Vec<bool> = model.requirements.iter().map(open).map(|outcome| outcome.is_none()).collect();
    let mut open = open.into_iter();
    model.requirements.retain(|_| open.next().unwrap_or(true));
}

struct Network {
    layout: Layout,
    topology: Topology,
    links: usize,
}

impl Network {
    /// `None` if a number in it is no literal.
    fn new(model: &Model) -> Option<Network> {
        let layout = Layout::new(model)?;
        let mut network = Network { topology: Topology::new(layout.names(model)), layout, links: 0 };
        for link in &model.links {
            for instance in network.layout.instances(model, link.parent) {
                network.link(model, link, instance)?;
            }
        }
        Some(network)
    }

    fn link(&mut self, model: &Model, link: &Link, instance: usize) -> Option<()> {
        let members = |layout: &Layout, sets: &[Set]| -> Option<Vec<Range<usize>>> {
            let parts = sets.iter().flat_map(|set| &set.parts);
            parts
                .map(|part| layout.members(model, part, instance))
                .collect::<Option<Vec<_>>>()
                .map(|members| members.concat())
        };
        let sides = match link.pattern {
            Pattern::Shape(Shape::Star | Shape::Connect) | Pattern::OneWay => {
                let (first, rest) = link.sets.split_at_checked(1)?;
                [members(&self.layout, first)?, members(&self.layout, rest)?]
            }
            _ => [members(&self.layout, &link.sets)?, Vec::new()],
        };
        let [first, second] = &sides;
        let count = first.len();
        let pairs: Box<dyn Iterator<Item = (usize, usize)>> = match link.pattern {
            Pattern::Shape(Shape::Clique) => Box::new(index::clique(count)),
            Pattern::Shape(Shape::Ring) => Box::new(index::ring(count)),
            Pattern::Shape(Shape::Line) => Box::new(index::line(count)),
            Pattern::Shape(Shape::Star) => Box::new(index::star(second.len())),
            Pattern::Shape(Shape::Connect) | Pattern::OneWay => Box::new(index::connect(count, second.len())),
            Pattern::Family(_) if link.is_unseeded() => return None,
            Pattern::Family(family) => family.pairs(count, &parameter::literals(&link.arguments)?).ok()?,
            Pattern::Custom => return None,
        };
        let others = if second.is_empty() { first } else { second };
        for (a, b) in pairs {
            for (a, b) in first[a].clone().flat_map(|a| others[b].clone().map(move |b| (a, b))) {
                self.links += 1;
                if self.links > MOST_LINKS {
                    return None;
                }
                match link.pattern {
                    Pattern::OneWay => self.topology.link_one_way(a, b).ok()?,
                    _ => self.topology.link(a, b).ok()?,
                }
            }
        }
        Some(())
    }

    /// `None` if it is left to the runtime. What is not as required is reported.
    fn check(&self, requirement: &crate::model::Requirement, model: &Model, errors: &mut Errors) -> Option<()> {
        let nodes = self.topology.nodes().len();
        let searches = match &requirement.demand {
            Demand::Connected | Demand::Degree(..) => 1,
            Demand::Diameter(..) => nodes,
            // One search finds all nodes without which others are apart; another failure takes one for each node.
            Demand::Survives(failures) => {
                let more = u32::try_from(literal(failures)?.saturating_sub(1)).unwrap_or(u32::MAX);
                nodes.saturating_pow(more)
            }
        };
        if searches.saturating_mul(self.links) > MOST_STEPS {
            return None;
        }
        for instance in self.layout.instances(model, requirement.parent) {
            let outcome = match &requirement.demand {
                Demand::Degree(set, comparison, bound) => {
                    let members: Option<Vec<Vec<Range<usize>>>> =
                        set.parts.iter().map(|part| self.layout.members(model, part, instance)).collect();
                    let names: Vec<&str> = self.topology.nodes().collect();
                    let named: Vec<&str> = members?.into_iter().flatten().flatten().map(|node| names[node]).collect();
                    self.topology.require(Requirement::Degree(&named, *comparison, literal(bound)?))
                }
                Demand::Connected => self.subnetwork(requirement.parent, instance).require(Requirement::Connected),
                Demand::Diameter(comparison, bound) => {
                    let required = Requirement::Diameter(*comparison, literal(bound)?);
                    self.subnetwork(requirement.parent, instance).require(required)
                }
                Demand::Survives(failures) => {
                    let required = Requirement::Survives(literal(failures)?);
                    self.subnetwork(requirement.parent, instance).require(required)
                }
            };
            if let Err(unmet) = outcome {
                errors.report(&requirement.written, unmet.to_string());
                break;
            }
        }
        Some(())
    }

    /// The whole network, or one cluster of it by itself.
    fn subnetwork(&self, parent: Option<usize>, instance: usize) -> Topology {
        let Some(cluster) = parent else { return self.topology.clone() };
        let nodes = instance..instance + self.layout.sizes[cluster];
        let names = self.topology.nodes().skip(nodes.start).take(nodes.len());
        let mut part = Topology::new(names);
        for (a, b) in self.topology.links().map(|link| link.indices()) {
            if nodes.contains(&a) && nodes.contains(&b) {
                // Both are nodes of the part, and they differ.
                let _ = part.link(a - nodes.start, b - nodes.start);
            }
        }
        part
    }
}

fn literal(expression: &syn::Expr) -> Option<usize> {
    match Number::read(expression) {
        Number::Literal(number) => usize::try_from(number).ok(),
        _ => None,
    }
}

/// Where the nodes of each declaration are among all nodes.
struct Layout {
    /// How many nodes one instance has.
    sizes: Vec<usize>,
    counts: Vec<usize>,
    /// Where the first instance begins in the cluster around it.
    offsets: Vec<usize>,
}

impl Layout {
    fn new(model: &Model) -> Option<Layout> {
        let count = |count: &Count| usize::try_from(count.literal()?).ok().filter(|count| *count <= MOST_LINKS);
        let counts: Vec<usize> = model.nodes.iter().map(|declared| count(&declared.count)).collect::<Option<_>>()?;
        let mut layout = Layout { sizes: vec![1; counts.len()], offsets: vec![0; counts.len()], counts };
        // The members of a cluster come after it.
        for cluster in (0..model.nodes.len()).rev().filter(|node| model.nodes[*node].is_cluster) {
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

    /// Where each instance of a cluster begins; the whole begins at 0.
    fn instances(&self, model: &Model, cluster: Option<usize>) -> Vec<usize> {
        let Some(cluster) = cluster else { return vec![0] };
        let around = self.instances(model, model.nodes[cluster].parent).into_iter();
        let each = |start| {
            (0..self.counts[cluster]).map(move |number| start + self.offsets[cluster] + number * self.sizes[cluster])
        };
        around.flat_map(each).collect()
    }

    /// The members that a path selects, seen from an instance of the cluster around its link: each some nodes.
    fn members(&self, model: &Model, part: &Part, instance: usize) -> Option<Vec<Range<usize>>> {
        let outside = model.nodes[part.steps[0].node].parent;
        let mut starts = vec![self.start_of(model, outside, instance)];
        for Step { node, select, .. } in &part.steps {
            let selected = match select {
                Select::All => 0..self.counts[*node],
                Select::Index { literal, .. } => {
                    let index = usize::try_from((*literal)?).ok()?;
                    index..index + 1
                }
                Select::Range { literal, .. } => {
                    let Bounds { from, to } = (*literal)?;
                    let to = to.map_or(Some(self.counts[*node]), |to| usize::try_from(to).ok())?;
                    usize::try_from(from).ok()?..to
                }
                Select::Unknown => return None,
            };
            let (offset, size) = (self.offsets[*node], self.sizes[*node]);
            starts = starts
                .into_iter()
                .flat_map(|start| selected.clone().map(move |number| start + offset + number * size))
                .collect();
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
            let declared = &model.nodes[member];
            for number in 1..=self.counts[member] {
                let name = match declared.count {
                    Count::One => format!("{before}{}", declared.text()),
                    _ => format!("{before}{}.{number}", declared.text()),
                };
                match declared.is_cluster {
                    true => self.name_members(model, Some(member), &format!("{name}."), names),
                    false => names.push(name),
                }
            }
        }
    }
}
