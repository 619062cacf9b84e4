//! The network as a picture that the page colours again at each moment.

use std::fmt::Write;

use cluster_topology::{Layout, Point, Route, Symbol};

use super::escaped::Escaped;
use super::replay::{LinkState, NodeState, Replay};

const NODE_STATES: [&str; 6] = ["not started", "starting", "running", "paused", "dead", "stopped"];
const LINK_STATES: [&str; 6] = ["absent", "up", "never up", "lost", "cut by a fault", "undeclared"];
/// What marks the state of a node beside its colour.
const MARKS: [&str; 6] = ["\u{25cb}", "\u{25d4}", "", "\u{2016}", "\u{2715}", "\u{25a0}"];

/// The picture in SVG after so many events. The groups of its nodes and links have the indices of symbols and routes.
pub(super) fn graph(layout: &Layout, replay: &Replay, events: usize) -> String {
    let (nodes, links) = replay.states_after(events);
    let (width, height) = (layout.width.ceil(), layout.height.ceil());
    let mut svg = format!(
        "<svg id=\"graph\" role=\"group\" aria-label=\"the network: {} nodes, {} links\" viewBox=\"0 0 {width} {height}\" \
         style=\"--width:{width}px\">\n",
        replay.names.len(),
        replay.links.len()
    );
    for frame in &layout.frames {
        let Point { x, y } = frame.corner;
        // Writing to a string does not fail.
        let _ = writeln!(
            svg,
            "<g class=\"frame\"><title>{}</title><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"10\"/></g>",
            Escaped(&frame.name),
            frame.width,
            frame.height,
        );
    }
    for (index, route) in layout.routes.iter().enumerate() {
        let states = route_links(route, replay).into_iter().map(|link| links[link]);
        svg += &link_of(index, route, layout, worst_link(states));
    }
    // Above the links that cross the frames.
    for frame in &layout.frames {
        let Point { x, y } = frame.corner;
        let label = Escaped(&frame.label);
        let _ = writeln!(svg, "<text class=\"frame-name\" x=\"{:.1}\" y=\"{:.1}\">{label}</text>", x + 12.0, y + 18.0);
    }
    for (index, symbol) in layout.symbols.iter().enumerate() {
        svg += &node_of(index, symbol, worst_node(symbol.nodes.iter().map(|node| nodes[*node])));
    }
    svg + "</svg>\n"
}

/// The indices of the links of a route.
pub(super) fn route_links(route: &Route, replay: &Replay) -> Vec<usize> {
    route.links.iter().filter_map(|(a, b)| replay.link_between(*a, *b)).collect()
}

fn worst_link(states: impl Iterator<Item = LinkState>) -> LinkState {
    states.max().unwrap_or(LinkState::Absent)
}

/// Of several nodes, the state that one should know of first.
fn worst_node(states: impl Iterator<Item = NodeState>) -> NodeState {
    let urgency = |state: &NodeState| match state {
        NodeState::Dead => 5,
        NodeState::Paused => 4,
        NodeState::Starting => 3,
        NodeState::NotStarted => 2,
        NodeState::Stopped => 1,
        NodeState::Running => 0,
    };
    states.max_by_key(urgency).unwrap_or_default()
}

fn link_of(index: usize, route: &Route, layout: &Layout, state: LinkState) -> String {
    let name = link_name(route, layout);
    let [first, rest @ ..] = &*route.path else { return String::new() };
    let mut path = format!("M{:.1} {:.1}{}", first.x, first.y, if rest.len() == 1 { " L" } else { " C" });
    rest.iter().for_each(|point| path += &format!(" {:.1} {:.1}", point.x, point.y));
    format!(
        "<g class=\"link l{}\" data-route=\"{index}\" data-name=\"{name}\" role=\"button\" aria-label=\"link {name}: {}\">\
         <title>{name}: {}</title><path class=\"hit\" d=\"{path}\"/><path class=\"line\" d=\"{path}\"/></g>\n",
        state as usize,
        LINK_STATES[state as usize],
        LINK_STATES[state as usize],
        name = Escaped(&name),
    )
}

fn link_name(route: &Route, layout: &Layout) -> String {
    let arrow = if route.one_way { "\u{2192}" } else { "\u{2013}" };
    match *route.links {
        [(a, b)] => format!("{} {arrow} {}", layout.names[a], layout.names[b]),
        _ => {
            let ends = [route.symbols.0, route.symbols.1].map(|symbol| &*layout.symbols[symbol].label);
            format!("{} {arrow} {}, {} links", ends[0], ends[1], route.links.len())
        }
    }
}

fn node_of(index: usize, symbol: &Symbol, state: NodeState) -> String {
    let Point { x, y } = symbol.center;
    let is_several = symbol.nodes.len() > 1;
    let rect = |shift: f64| {
        format!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{:.1}\"/>",
            x - symbol.width / 2.0 + shift,
            y - symbol.height / 2.0 + shift,
            symbol.width,
            symbol.height,
            symbol.height.min(22.0) / 2.0
        )
    };
    let name = if is_several { &symbol.label } else { &symbol.name };
    format!(
        "<g class=\"node n{}\" data-symbol=\"{index}\" tabindex=\"{}\" role=\"button\" aria-label=\"{name}: {state_name}\">\
         <title>{name}: {state_name}</title>{}{}<text x=\"{x:.1}\" y=\"{:.1}\">{}</text>\
         <text class=\"mark\" x=\"{:.1}\" y=\"{:.1}\">{}</text></g>\n",
        state as usize,
        if index == 0 { 0 } else { -1 },
        if is_several { rect(4.0) } else { String::new() },
        rect(0.0),
        y + 4.0,
        Escaped(&symbol.label),
        x + symbol.width / 2.0,
        y - symbol.height / 2.0 + 4.0,
        MARKS[state as usize],
        name = Escaped(name),
        state_name = NODE_STATES[state as usize],
    )
}
