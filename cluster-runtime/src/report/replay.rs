//! What became of nodes and links, event by event.

use std::collections::HashMap;
use std::sync::Arc;

use cluster_topology::Topology;
use serde_json::Value;

use crate::event::Event;
use crate::ordered::ordered;

/// The state of a node. The numbers are those of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NodeState {
    #[default]
    NotStarted = 0,
    Starting = 1,
    Running = 2,
    Paused = 3,
    Dead = 4,
    Stopped = 5,
}

/// The state of a link. The numbers are those of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LinkState {
    /// It is neither declared nor up.
    Absent = 0,
    Up = 1,
    NeverUp = 2,
    Lost = 3,
    Cut = 4,
    Undeclared = 5,
}

/// A change by the event at an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Node { event: usize, node: usize, state: NodeState },
    Link { event: usize, link: usize, state: LinkState },
}

/// A link that was declared or up at some time, by the indices of its ends among the names.
#[derive(Clone, Debug)]
pub(super) struct ReplayedLink {
    pub(super) ends: (usize, usize),
    pub(super) is_declared: bool,
    is_one_way: bool,
    /// The number of connections that each end reports.
    connections: [usize; 2],
    was_up: bool,
    /// The number of faults that cut it.
    cuts: usize,
    state: LinkState,
}

/// The journal of a cluster as changes of the states of its nodes and links.
#[derive(Debug, Default)]
pub(super) struct Replay {
    /// The nodes as declared, and then those that only events name.
    pub(super) names: Vec<String>,
    pub(super) links: Vec<ReplayedLink>,
    pub(super) changes: Vec<Change>,
    by_name: HashMap<Arc<str>, usize>,
    by_ends: HashMap<(usize, usize), usize>,
    /// The indices of the links of each node.
    of_node: Vec<Vec<usize>>,
    nodes: Vec<NodeState>,
    /// The links that faults in force cut, by their names.
    cut: Vec<(String, Vec<usize>)>,
}

impl Replay {
    pub(super) fn new(declared: &Topology, events: &[Arc<Event>]) -> Self {
        let mut replay = Self::default();
        for name in declared.nodes() {
            replay.node(name);
        }
        for link in declared.links() {
            let (a, b) = (replay.node(link.a()), replay.node(link.b()));
            let index = replay.link(a, b);
            let is_one_way = link.is_one_way();
            let link = &mut replay.links[index];
            (link.is_declared, link.is_one_way, link.state) = (true, is_one_way, LinkState::NeverUp);
        }
        for (index, event) in events.iter().enumerate() {
            replay.apply(index, event);
        }
        replay
    }

    /// All links that were declared or up at some time.
    pub(super) fn topology(&self) -> Topology {
        let mut topology = Topology::new(self.names.iter().cloned());
        for link in &self.links {
            let (a, b) = link.ends;
            // Both are indices of names, and they differ.
            let _ = if link.is_one_way { topology.link_one_way(a, b) } else { topology.link(a, b) };
        }
        topology
    }

    /// The states of all nodes and links after so many events.
    pub(super) fn states_after(&self, events: usize) -> (Vec<NodeState>, Vec<LinkState>) {
        let mut nodes = vec![NodeState::NotStarted; self.names.len()];
        let first = |link: &ReplayedLink| if link.is_declared { LinkState::NeverUp } else { LinkState::Absent };
        let mut links: Vec<_> = self.links.iter().map(first).collect();
        for change in &self.changes {
            match *change {
                Change::Node { event, node, state } if event < events => nodes[node] = state,
                Change::Link { event, link, state } if event < events => links[link] = state,
                _ => {}
            }
        }
        (nodes, links)
    }

    /// The link between two nodes, if there ever was one.
    pub(super) fn link_between(&self, a: usize, b: usize) -> Option<usize> {
        self.by_ends.get(&(a.min(b), a.max(b))).copied()
    }

    fn apply(&mut self, event: usize, what: &Event) {
        let (section, name) = (&*what.section, &*what.name);
        if section == "cluster.fault" {
            return self.apply_fault(event, name, &what.value);
        }
        let node = self.node(&what.node);
        match (section, name) {
            ("cluster.phase", "identity") => {
                self.disconnect(event, node);
                self.set_node(event, node, NodeState::Starting);
            }
            ("node", "ready") => self.set_node(event, node, NodeState::Running),
            ("cluster.life", "paused") => self.set_node(event, node, NodeState::Paused),
            ("cluster.life", "resumed") if self.nodes[node] == NodeState::Paused => {
                self.set_node(event, node, NodeState::Running);
            }
            ("cluster.life", "over") => {
                let gracefully = what.value["how"] == "has ended";
                self.disconnect(event, node);
                self.set_node(event, node, if gracefully { NodeState::Stopped } else { NodeState::Dead });
            }
            ("p2p" | "cluster.life", "connected") => self.connect(event, node, &what.value["peer"], true),
            ("p2p" | "cluster.life", "disconnected") => self.connect(event, node, &what.value["peer"], false),
            _ => {}
        }
    }

    fn apply_fault(&mut self, event: usize, name: &str, value: &Value) {
        let fault = value["fault"].as_str().unwrap_or_default();
        let (links, is_cut) = match name {
            "fault_in_force" => (self.cut_by(&value["cut"]), true),
            "fault_healed" => (self.heal(fault), false),
            _ => return,
        };
        for link in &links {
            let cuts = &mut self.links[*link].cuts;
            *cuts = if is_cut { *cuts + 1 } else { cuts.saturating_sub(1) };
            self.update(event, *link);
        }
        if is_cut {
            self.cut.push((fault.to_owned(), links));
        }
    }

    /// Takes a fault from those in force, and returns the links that it has cut.
    fn heal(&mut self, fault: &str) -> Vec<usize> {
        let place = self.cut.iter().position(|(name, _)| name == fault);
        place.map(|place| self.cut.remove(place).1).unwrap_or_default()
    }

    /// The known links between the sets of names of a cut.
    fn cut_by(&self, cut: &Value) -> Vec<usize> {
        let sides = |set: &Value| -> Vec<usize> {
            let names = set.as_array().into_iter().flatten().filter_map(Value::as_str);
            names.filter_map(|name| self.by_name.get(name).copied()).collect()
        };
        let mut links = Vec::new();
        for span in cut.as_array().into_iter().flatten() {
            let to = sides(&span[1]);
            for from in sides(&span[0]) {
                let of_node = self.of_node[from].iter();
                links.extend(of_node.filter(|link| to.contains(&self.links[**link].other(from))));
            }
        }
        ordered(links)
    }

    fn connect(&mut self, event: usize, node: usize, peer: &Value, is_up: bool) {
        let Some(peer) = peer.as_str().and_then(|name| self.by_name.get(name).copied()) else { return };
        if peer == node {
            return;
        }
        let link = self.link(node, peer);
        let connections = &mut self.links[link];
        let end = usize::from(connections.ends.0 != node);
        let connections = &mut connections.connections[end];
        *connections = if is_up { *connections + 1 } else { connections.saturating_sub(1) };
        self.update(event, link);
    }

    /// The node reports no connection any more.
    fn disconnect(&mut self, event: usize, node: usize) {
        for link in self.of_node[node].clone() {
            let end = usize::from(self.links[link].ends.0 != node);
            self.links[link].connections[end] = 0;
            self.update(event, link);
        }
    }

    fn set_node(&mut self, event: usize, node: usize, state: NodeState) {
        if std::mem::replace(&mut self.nodes[node], state) != state {
            self.changes.push(Change::Node { event, node, state });
        }
    }

    fn update(&mut self, event: usize, link: usize) {
        let replayed = &mut self.links[link];
        let state = replayed.present_state();
        if std::mem::replace(&mut replayed.state, state) != state {
            self.changes.push(Change::Link { event, link, state });
        }
    }

    fn node(&mut self, name: &str) -> usize {
        if let Some(node) = self.by_name.get(name) {
            return *node;
        }
        let node = self.names.len();
        self.names.push(name.to_owned());
        self.by_name.insert(name.into(), node);
        self.of_node.push(Vec::new());
        self.nodes.push(NodeState::default());
        node
    }

    fn link(&mut self, a: usize, b: usize) -> usize {
        let (links, new) = (&mut self.links, (a.min(b), a.max(b)));
        *self.by_ends.entry(new).or_insert_with(|| {
            links.push(ReplayedLink {
                ends: (a, b),
                is_declared: false,
                is_one_way: false,
                connections: [0, 0],
                was_up: false,
                cuts: 0,
                state: LinkState::Absent,
            });
            self.of_node[a].push(links.len() - 1);
            self.of_node[b].push(links.len() - 1);
            links.len() - 1
        })
    }
}

impl ReplayedLink {
    fn other(&self, node: usize) -> usize {
        if self.ends.0 == node { self.ends.1 } else { self.ends.0 }
    }

    fn present_state(&mut self) -> LinkState {
        let is_up = self.connections.iter().all(|connections| *connections > 0);
        self.was_up |= is_up;
        match (self.is_declared, is_up) {
            (true, _) if self.cuts > 0 => LinkState::Cut,
            (true, true) => LinkState::Up,
            (true, false) if self.was_up => LinkState::Lost,
            (true, false) => LinkState::NeverUp,
            (false, true) => LinkState::Undeclared,
            (false, false) => LinkState::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::facts::Facts;
    use super::*;

    fn states(events: &[(&str, &'static str, &'static str, Value)]) -> (Vec<NodeState>, Vec<LinkState>) {
        let mut declared = Topology::new(["a", "b", "c"]);
        declared.link(0, 1).expect("both are there");
        let facts = Facts::of_events(declared, events);
        Replay::new(&facts.declared, &facts.events).states_after(events.len())
    }

    fn connected<'a>(a: &'a str, b: &'a str) -> [(&'a str, &'static str, &'static str, Value); 2] {
        [(a, "p2p", "connected", json!({ "peer": b })), (b, "p2p", "connected", json!({ "peer": a }))]
    }

    #[test]
    fn a_link_is_up_when_both_ends_report_it() {
        assert_eq!(states(&[]).1, [LinkState::NeverUp]);
        assert_eq!(states(&connected("a", "b")[..1]).1, [LinkState::NeverUp]);
        assert_eq!(states(&connected("a", "b")).1, [LinkState::Up]);
        assert_eq!(states(&connected("a", "c")).1, [LinkState::NeverUp, LinkState::Undeclared]);
    }

    #[test]
    fn the_end_of_a_node_loses_its_links() {
        let mut events = connected("a", "b").to_vec();
        events.push(("a", "cluster.life", "over", json!({ "how": "panicked: boom", "unasked": true })));
        let (nodes, links) = states(&events);
        assert_eq!((nodes[0], links[0]), (NodeState::Dead, LinkState::Lost));
        events.push(("a", "cluster.phase", "identity", Value::Null));
        events.push(("a", "node", "ready", Value::Null));
        assert_eq!(states(&events).0[0], NodeState::Running);
    }

    #[test]
    fn a_link_is_cut_as_long_as_a_fault_is_in_force() {
        let mut events = connected("a", "b").to_vec();
        let value = json!({ "fault": "the cut", "cut": [[["a"], ["b", "c"]]] });
        events.push(("cluster", "cluster.fault", "fault_in_force", value));
        assert_eq!(states(&events).1, [LinkState::Cut]);
        events.push(("cluster", "cluster.fault", "fault_healed", json!({ "fault": "the cut" })));
        assert_eq!(states(&events).1, [LinkState::Up]);
    }
}
