//! From the outline to blocks: each set is arranged by the form of the links between its members.

use super::arrange::{arrange, largest, radius, shelf_width, shelves};
use super::block::{Block, Content, Seed};
use super::form::{Form, Graph};
use super::geometry::{Bounds, Half, Point};
use super::outline::{Crowd, Outline, Part, Set, SetKind};
use crate::components::Components;

/// The most members of a group whose names are written out. A larger one has a frame with its name.
const MOST_NAMES: usize = 24;
/// The most nodes without links that are a column.
const LONGEST_COLUMN: usize = 12;
/// The most characters of a label.
const LONGEST_LABEL: usize = 28;
/// The width of a character, of a font of 12 pixels in which all have the same.
const CHARACTER: f64 = 7.3;
const PADDING: f64 = 8.0;
const HEIGHT: f64 = 22.0;
const TWO_LINES: f64 = 38.0;
/// The space in a frame, with that for its label.
const FRAME: f64 = 30.0;
/// The least distance between a hub and what is around it.
const LEAST_RADIUS: f64 = 76.0;
/// The share of a circle that the fan of a hub with other links takes.
const FAN: f64 = 0.6;
/// The share of a fan's width that is left at its open side.
const OPEN_SIDE: f64 = 0.62;

pub(super) fn compose(outline: &Outline, names: &[&str]) -> Block {
    Composer { outline, names }.set(&outline.root, 0, SetLabels::AsFitting)
}

/// How the members of a group are labelled.
#[derive(Clone, Copy, PartialEq)]
enum SetLabels {
    /// By numbers in a frame, if there are many.
    AsFitting,
    /// By their names, without a frame.
    Names,
}

struct Composer<'a> {
    outline: &'a Outline,
    names: &'a [&'a str],
}

impl Composer<'_> {
    /// A part, where so many bytes of its name are known from the frame around it.
    fn part(&self, part: &Part, known: usize) -> Block {
        match part {
            Part::Node(node) => {
                let name = self.names[*node];
                let label = label(name, known);
                let seed = Seed { name: name.to_owned(), label, shape: "", nodes: vec![*node] };
                Block::new(Point::new(width(&seed.label) / 2.0, HEIGHT / 2.0), Content::Symbol(seed))
            }
            Part::Crowd(crowd) => self.crowd(crowd, known),
            Part::Set(set) => self.set(set, known, SetLabels::AsFitting),
        }
    }

    fn crowd(&self, crowd: &Crowd, known: usize) -> Block {
        let (members, nodes) = (grouped(crowd.members), grouped(crowd.nodes.len()));
        let label = match (label(&crowd.name, known), crowd.members == crowd.nodes.len()) {
            (name, true) if name.is_empty() => format!("{nodes} nodes"),
            (name, true) => format!("{name} × {nodes}"),
            (name, false) if name.is_empty() => format!("{members} groups, {nodes} nodes"),
            (name, false) => format!("{name} × {members}, {nodes} nodes"),
        };
        let shape = self.shape(&crowd.nodes);
        let half = Point::new((width(&label).max(width(shape)) + PADDING) / 2.0, TWO_LINES / 2.0);
        let seed = Seed { name: crowd.name.clone(), label, shape, nodes: crowd.nodes.clone() };
        Block::new(half, Content::Symbol(seed))
    }

    /// The name of the shape of these nodes, if they are one.
    fn shape(&self, nodes: &[usize]) -> &'static str {
        let links = self.links_among(nodes);
        let mut components = Components::new(nodes.len());
        links.iter().for_each(|(a, b)| components.link(*a, *b));
        if components.count() == 1 { Graph::new(nodes.len(), &links).form().name() } else { "" }
    }

    /// The links among these nodes, as indices of them, in order.
    fn links_among(&self, nodes: &[usize]) -> Vec<(usize, usize)> {
        let mut indices = vec![usize::MAX; self.names.len()];
        nodes.iter().enumerate().for_each(|(index, node)| indices[*node] = index);
        let links = self.outline.pairs.iter().map(|(a, b)| (indices[*a], indices[*b]));
        let inner = links.filter(|(a, b)| *a.max(b) != usize::MAX).map(|(a, b)| (a.min(b), a.max(b)));
        let mut links: Vec<_> = inner.collect();
        links.sort_unstable();
        links
    }

    fn set(&self, set: &Set, known: usize, labels: SetLabels) -> Block {
        let is_framed = match set.kind {
            SetKind::Root => false,
            SetKind::Cluster => true,
            SetKind::Group => labels == SetLabels::AsFitting && set.members.len() > MOST_NAMES,
        };
        let inside = if is_framed { set.name.len() + 1 } else { known };
        let hubs = self.hubs(set);
        let mut units = Vec::new();
        let mut unit_of = vec![0; set.members.len()];
        for (index, member) in set.members.iter().enumerate().filter(|(index, _)| hubs[*index].is_none()) {
            let around: Vec<&Set> = (0..set.members.len())
                .filter(|other| hubs[*other] == Some(index))
                .filter_map(|other| match &set.members[other] {
                    Part::Set(group) => Some(group),
                    _ => None,
                })
                .collect();
            unit_of[index] = units.len();
            let block = self.part(member, inside);
            units.push(if around.is_empty() { block } else { self.with_hub(block, &around, inside) });
        }
        for index in 0..set.members.len() {
            if let Some(hub) = hubs[index] {
                unit_of[index] = unit_of[hub];
            }
        }
        let links = self.outline.links[set.id].iter().map(|(a, b)| (unit_of[*a], unit_of[*b]));
        let mut links: Vec<_> = links.filter(|(a, b)| a != b).map(|(a, b)| (a.min(b), a.max(b))).collect();
        links.sort_unstable();
        links.dedup();
        let is_column = set.kind == SetKind::Group && links.is_empty() && set.members.len() <= LONGEST_COLUMN;
        place(&mut units, &links, is_column);
        let frame = is_framed.then(|| (set.name.clone(), label(&set.name, known)));
        blocks(units, frame, false)
    }

    /// For each member of a set, the one that it is drawn around: a single node, that all nodes of a group have links with. The
    /// nodes of the group have no other links, or are a ring.
    fn hubs(&self, set: &Set) -> Vec<Option<usize>> {
        let node_of = |member: &Part| match member {
            Part::Node(node) => Some(*node),
            _ => None,
        };
        let mut hubs = vec![None; set.members.len()];
        let mut has_rim = vec![false; set.members.len()];
        for (index, member) in set.members.iter().enumerate() {
            let Part::Set(group @ Set { kind: SetKind::Group, .. }) = member else { continue };
            if group.members.iter().any(|member| node_of(member).is_none()) {
                continue;
            }
            let nodes = member.nodes();
            let neighbours = |node: usize| &self.outline.neighbours[node];
            let mut candidates = neighbours(nodes[0]).iter().filter_map(|near| {
                let hub = set.members.iter().position(|member| node_of(member) == Some(*near))?;
                nodes.iter().all(|node| neighbours(*node).contains(near)).then_some(hub)
            });
            let (Some(hub), None) = (candidates.next(), candidates.next()) else { continue };
            let is_loose = nodes.iter().all(|node| neighbours(*node).len() == 1);
            let is_rim = || matches!(self.group_form(group), Form::Ring(_) | Form::SmallWorld);
            if is_loose {
                hubs[index] = Some(hub);
            } else if !has_rim[hub] && nodes.len() > 2 && is_rim() {
                has_rim[hub] = true;
                hubs[index] = Some(hub);
            }
        }
        hubs
    }

    fn group_form(&self, group: &Set) -> Form {
        let links = &self.outline.links[group.id];
        let mut components = Components::new(group.members.len());
        links.iter().for_each(|(a, b)| components.link(*a, *b));
        if components.count() == 1 { Graph::new(group.members.len(), links).form() } else { Form::Other }
    }

    /// A hub and the groups around it: a rim, and those that have no other links as a fan.
    fn with_hub(&self, hub: Block, groups: &[&Set], known: usize) -> Block {
        let is_loose = |set: &&&Set| self.outline.links[set.id].is_empty();
        let rims = groups.iter().filter(|set| !is_loose(set)).map(|set| self.set(set, known, SetLabels::Names));
        let loose = groups.iter().filter(is_loose).flat_map(|set| &set.members);
        let mut leaves: Vec<Block> = loose.map(|member| self.part(member, known)).collect();
        let mut inner: Vec<Block> = std::iter::once(hub).chain(rims).collect();
        let center = match inner.len() {
            1 => inner.remove(0),
            _ => blocks_around_zero(inner),
        };
        if leaves.is_empty() {
            return center;
        }
        let own = leaves.iter().flat_map(Block::nodes).count();
        let has_others = center.nodes().iter().map(|node| self.outline.neighbours[*node].len()).sum::<usize>() > own;
        let share = if has_others { FAN } else { 1.0 };
        let halves: Vec<Half> = leaves.iter().map(|leaf| leaf.half).collect();
        let half = largest(&halves);
        let radius = radius(leaves.len(), half, share).max(center.half.length() + half.length()).max(LEAST_RADIUS);
        for (position, leaf) in leaves.iter_mut().enumerate() {
            leaf.at = Point::on_circle(position as f64 / halves.len() as f64) * radius;
        }
        let half = Point::new(radius + half.x, radius + half.y);
        let blocks = std::iter::once(center).chain(leaves).collect();
        Block::new(half, Content::Blocks { blocks, frame: None, is_fan: true })
    }
}

/// Blocks that have their places, with the middle of their bounds moved to the middle of the block.
fn blocks(mut blocks: Vec<Block>, frame: Option<(String, String)>, is_fan: bool) -> Block {
    let bounds = blocks.iter().fold(Bounds::NONE, |all, block| all.and(Bounds::around(block.at, block.half)));
    let half = if blocks.is_empty() { Point::ZERO } else { bounds.size() * 0.5 };
    for block in &mut blocks {
        block.at = block.at - (bounds.low + half);
    }
    let space = if frame.is_some() { FRAME } else { 0.0 };
    let label = frame.as_ref().map_or(0.0, |(_, label)| width(label) / 2.0);
    let half = Point::new(half.x.max(label) + space, half.y + space);
    Block::new(half, Content::Blocks { blocks, frame, is_fan })
}

/// A hub in the middle of rings.
fn blocks_around_zero(blocks: Vec<Block>) -> Block {
    let halves: Vec<Half> = blocks.iter().map(|block| block.half).collect();
    Block::new(largest(&halves), Content::Blocks { blocks, frame: None, is_fan: false })
}

/// Arranges each connected component by its form, and the components side by side.
fn place(units: &mut [Block], links: &[(usize, usize)], is_column: bool) {
    let mut components = Components::new(units.len());
    links.iter().for_each(|(a, b)| components.link(*a, *b));
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); units.len()];
    (0..units.len()).for_each(|unit| members[components.root(unit)].push(unit));
    members.retain(|members| !members.is_empty());

    let mut index = vec![0; units.len()];
    let mut boxes = Vec::new();
    for members in &members {
        members.iter().enumerate().for_each(|(position, unit)| index[*unit] = position);
        let first = components.root(members[0]);
        let inner: Vec<_> =
            links.iter().filter(|(a, _)| components.root(*a) == first).map(|(a, b)| (index[*a], index[*b])).collect();
        let links_of = |unit: usize| inner.iter().filter(|(a, b)| *a == index[unit] || *b == index[unit]).count();
        let halves: Vec<Half> = members.iter().map(|unit| needed(&units[*unit], links_of(*unit))).collect();
        let points = arrange(&Graph::new(members.len(), &inner), &halves);
        let bounds =
            points.iter().zip(&halves).fold(Bounds::NONE, |all, (point, half)| all.and(Bounds::around(*point, *half)));
        let middle = (bounds.low + bounds.high) * 0.5;
        members.iter().zip(points).for_each(|(unit, point)| units[*unit].at = point - middle);
        boxes.push(bounds.size() * 0.5);
    }
    let widest = if is_column { 0.0 } else { shelf_width(&boxes) };
    for (members, point) in members.iter().zip(shelves(&boxes, widest)) {
        members.iter().for_each(|unit| units[*unit].at = units[*unit].at + point);
    }
}

/// What a block needs among others. A fan at an end turns away from its only neighbour.
fn needed(block: &Block, links: usize) -> Half {
    match block.content {
        Content::Blocks { is_fan: true, .. } if links == 1 => Point::new(block.half.x * OPEN_SIDE, block.half.y),
        _ => block.half,
    }
}

/// What of a name is not known from the frame around it, and not too long.
fn label(name: &str, known: usize) -> String {
    let rest = name.get(known..).filter(|rest| !rest.is_empty()).unwrap_or(name);
    match rest.chars().count() {
        count if count > LONGEST_LABEL => rest.chars().take(LONGEST_LABEL - 1).chain(['…']).collect(),
        _ => rest.to_owned(),
    }
}

fn width(label: &str) -> f64 {
    // East Asian characters and pictographs are twice as wide.
    let characters: f64 = label.chars().map(|c| if c < '\u{1100}' || c == '…' { 1.0 } else { 2.0 }).sum();
    (characters * CHARACTER + 2.0 * PADDING).ceil().max(HEIGHT + 4.0)
}

/// A number with commas.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
