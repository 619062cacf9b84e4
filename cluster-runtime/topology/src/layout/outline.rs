//! The groups and clusters that the names tell of: `leaves.1` is in the group `leaves`, `region.2.gw` in the cluster `region.2`.

use std::collections::HashMap;

/// How deep names are nested; the rest of a longer one is its last part.
const MOST_PARTS: usize = 16;

/// What a picture is made of.
pub(super) enum Part {
    Node(usize),
    /// Several nodes that are drawn as one.
    Crowd(Crowd),
    Set(Set),
}

pub(super) struct Crowd {
    pub(super) name: String,
    /// How many members the group or the cluster has, which may be clusters.
    pub(super) members: usize,
    pub(super) nodes: Vec<usize>,
}

pub(super) struct Set {
    pub(super) name: String,
    pub(super) kind: SetKind,
    pub(super) members: Vec<Part>,
    /// Its index in the outline.
    pub(super) id: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SetKind {
    /// All there is.
    Root,
    /// Members that are told apart by numbers.
    Group,
    /// Members with names.
    Cluster,
}

impl Set {
    fn new(name: String, kind: SetKind, members: Vec<Part>) -> Set {
        Set { name, kind, members, id: 0 }
    }
}

impl Part {
    /// The nodes in it, in order.
    pub(super) fn nodes(&self) -> Vec<usize> {
        let mut nodes = Vec::new();
        self.collect_nodes(&mut nodes);
        nodes
    }

    fn collect_nodes(&self, nodes: &mut Vec<usize>) {
        match self {
            Part::Node(node) => nodes.push(*node),
            Part::Crowd(crowd) => nodes.extend(&crowd.nodes),
            Part::Set(set) => set.members.iter().for_each(|member| member.collect_nodes(nodes)),
        }
    }
}

/// The set of all nodes.
pub(super) fn outline(names: &[&str]) -> Set {
    let mut root = Entry::default();
    for (node, name) in names.iter().enumerate() {
        root.insert(name.splitn(MOST_PARTS, '.'), node);
    }
    let (numbered, mut members) = root.parts("");
    // A name that is a number has no group.
    members.extend(numbered);
    Set::new(String::new(), SetKind::Root, members)
}

/// A part of a name, and the names that go on after it.
#[derive(Default)]
struct Entry<'a> {
    nodes: Vec<usize>,
    parts: Vec<&'a str>,
    entries: Vec<Entry<'a>>,
    by_part: HashMap<&'a str, usize>,
}

impl<'a> Entry<'a> {
    fn insert(&mut self, mut parts: impl Iterator<Item = &'a str>, node: usize) {
        let Some(part) = parts.next() else { return self.nodes.push(node) };
        let next = self.entries.len();
        let index = *self.by_part.entry(part).or_insert(next);
        if index == next {
            self.parts.push(part);
            self.entries.push(Entry::default());
        }
        self.entries[index].insert(parts, node);
    }

    /// The members that have numbers, and the others.
    fn parts(&self, name: &str) -> (Vec<Part>, Vec<Part>) {
        let mut numbered = Vec::new();
        let mut others = Vec::new();
        for (part, entry) in self.parts.iter().zip(&self.entries) {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let full = if name.is_empty() { (*part).to_owned() } else { format!("{name}.{part}") };
            let members = if is_number { &mut numbered } else { &mut others };
            members.extend(entry.nodes.iter().map(|node| Part::Node(*node)));
            members.extend(entry.set(full));
        }
        (numbered, others)
    }

    fn set(&self, name: String) -> Option<Part> {
        let (numbered, mut others) = self.parts(&name);
        if numbered.is_empty() && others.is_empty() {
            return None;
        }
        let is_group = others.is_empty();
        if is_group {
            return Some(Part::Set(Set::new(name, SetKind::Group, numbered)));
        }
        if !numbered.is_empty() {
            others.push(Part::Set(Set::new(name.clone(), SetKind::Group, numbered)));
        }
        Some(Part::Set(Set::new(name, SetKind::Cluster, others)))
    }
}

/// An outline and the links in it.
pub(super) struct Outline {
    pub(super) root: Set,
    /// For each set, the pairs of its members that are linked, in order.
    pub(super) links: Vec<Vec<(usize, usize)>>,
    /// For each node, its neighbours.
    pub(super) neighbours: Vec<Vec<usize>>,
    /// The links of nodes.
    pub(super) pairs: Vec<(usize, usize)>,
}

impl Outline {
    pub(super) fn new(mut root: Set, nodes: usize, pairs: &[(usize, usize)]) -> Outline {
        let mut chains = vec![Vec::new(); nodes];
        let sets = number(&mut root, &mut Vec::new(), 0, &mut chains);
        let mut links = vec![Vec::new(); sets];
        let mut neighbours = vec![Vec::new(); nodes];
        for (a, b) in pairs.iter().copied() {
            neighbours[a].push(b);
            neighbours[b].push(a);
            // The innermost set that has both.
            let apart = chains[a].iter().zip(&chains[b]).find(|(of_a, of_b)| of_a != of_b);
            if let Some(((set, of_a), (_, of_b))) = apart {
                links[*set].push((*of_a.min(of_b), *of_a.max(of_b)));
            }
        }
        for links in &mut links {
            links.sort_unstable();
            links.dedup();
        }
        Outline { root, links, neighbours, pairs: pairs.to_vec() }
    }
}

/// A set and the index of a member in it.
type Step = (usize, usize);

/// Numbers the sets from `next`, and notes for each node the steps to it. Returns the next number.
fn number(set: &mut Set, above: &mut Vec<Step>, next: usize, chains: &mut [Vec<Step>]) -> usize {
    set.id = next;
    let mut next = next + 1;
    for (index, member) in set.members.iter_mut().enumerate() {
        above.push((set.id, index));
        match member {
            Part::Node(node) => chains[*node].clone_from(above),
            Part::Crowd(crowd) => crowd.nodes.iter().for_each(|node| chains[*node].clone_from(above)),
            Part::Set(set) => next = number(set, above, next, chains),
        }
        above.pop();
    }
    next
}
