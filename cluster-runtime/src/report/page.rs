//! `report.html`: the page of a report. It loads nothing, and tells its story without scripts.

use std::collections::HashMap;
use std::fmt::Write;

use cluster_topology::Layout;
use serde_json::{Value, json};

use super::escaped::Escaped;
use super::facts::Facts;
use super::graph::{graph, route_links};
use super::moment::Moment;
use super::replay::{Change, Replay};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// How many events the page tells of without scripts, before the failure and after it.
const AROUND: usize = 20;
/// How many nodes and links it lists.
const LISTED: usize = 20;
/// How many bytes of an event's value it has.
const MOST_OF_A_VALUE: usize = 2000;

/// The page, with at most so many bytes of events: where they are more, it has all changes of states and the newest events.
pub(super) fn page(facts: &Facts, replay: &Replay, most: usize) -> String {
    let layout = facts.declared.layout_with(&replay.topology());
    let before = facts.events_before();
    let causes = facts.causes();
    let (headline, details) = causes[0].split_once('\n').unwrap_or((&causes[0], ""));
    let (data, left_out) = data(facts, replay, &layout, most);
    let mut page = String::with_capacity(data.len() + (256 << 10));
    let mut rest = PAGE;
    // The template is scanned once: what is filled in may hold anything.
    while let Some((text, (name, after))) =
        rest.split_once("{{").and_then(|(text, after)| Some((text, after.split_once("}}")?)))
    {
        page += text;
        rest = after;
        match name {
            "style" => page += STYLE,
            "script" => page += SCRIPT,
            "test" => page += &Escaped(facts.test.name()).to_string(),
            "cause" => page += &Escaped(headline).to_string(),
            "causes" => {
                let details = std::iter::once(details.trim_end()).filter(|details| !details.is_empty());
                for cause in details.chain(causes[1..].iter().map(String::as_str)) {
                    page += &format!("<pre class=\"cause\">{}</pre>", Escaped(cause));
                }
            }
            "seed" => page += &facts.seed.to_string(),
            "command" => page += &Escaped(&facts.command()).to_string(),
            "time" => page += &time(facts),
            "when" => page += facts.moment().when,
            "mark" => page += facts.moment().mark,
            "tone" => page += facts.moment().tone,
            "lists" => page += &lists(facts, left_out),
            "graph" => page += &graph(&layout, replay, before),
            "events" => page += &events(facts, before),
            "data" => page += &data,
            _ => {}
        }
    }
    page + rest
}

fn time(facts: &Facts) -> String {
    facts.events.first().map(|event| Moment(event.time).to_string()).unwrap_or_default()
}

fn lists(facts: &Facts, left_out: usize) -> String {
    let mut lists = String::new();
    if !facts.troubled.is_empty() {
        let _ = write!(lists, "<section><h2>Nodes not as they should be: {}</h2>", facts.troubled.len());
        for node in facts.troubled.iter().take(LISTED) {
            let _ = write!(
                lists,
                "<details{}><summary><button class=\"pick\" data-node=\"{}\">{}</button> {}</summary><pre>{}</pre></details>",
                if facts.troubled.len() <= 3 { " open" } else { "" },
                Escaped(&node.name),
                Escaped(&node.name),
                Escaped(&node.state),
                Escaped(&node.lines.join("\n"))
            );
        }
        more(&mut lists, facts.troubled.len());
        lists += "</section>";
    }
    let missing: Vec<_> = facts.missing.iter().map(ToString::to_string).collect();
    for (title, items) in [
        ("Missing links", &*missing),
        ("Undeclared links", &*facts.undeclared),
        ("Faults in force", &*facts.faults),
        ("Faults that bit nothing", facts.idle.as_slice()),
    ] {
        if items.is_empty() {
            continue;
        }
        let _ = write!(lists, "<section><h2>{title}: {}</h2><ul>", items.len());
        items.iter().take(LISTED).for_each(|item| lists += &format!("<li>{}</li>", Escaped(item)));
        lists += "</ul>";
        more(&mut lists, items.len());
        lists += "</section>";
    }
    if let Some(failed) = &facts.failed {
        let _ = write!(
            lists,
            "<section><h2>The error of the last wait that failed</h2><pre>{}</pre></section>",
            Escaped(&failed.report)
        );
    }
    if left_out > 0 {
        let _ = write!(lists, "<p>{left_out} older events are left out of this page, which would be too large.</p>");
    }
    lists
}

fn more(lists: &mut String, count: usize) {
    if count > LISTED {
        let _ = write!(lists, "<p>and {} more</p>", count - LISTED);
    }
}

/// The events around the failure, for those who read without scripts.
fn events(facts: &Facts, before: usize) -> String {
    let mut rows = String::new();
    let end = facts.events.len().min(before + AROUND);
    for (index, event) in facts.events[..end].iter().enumerate().skip(before.saturating_sub(AROUND)) {
        let class = if index == before { " class=\"after\"" } else { "" };
        let line = event.to_string();
        let line = &line[..line.floor_char_boundary(MOST_OF_A_VALUE)];
        let _ = writeln!(rows, "<li{class}><b>{}</b> {}</li>", Escaped(&event.node), Escaped(line));
    }
    rows
}

/// What the script reads, and how many events it lacks.
fn data(facts: &Facts, replay: &Replay, layout: &Layout, most: usize) -> (String, usize) {
    let (mut changing, mut changes) = (vec![false; facts.events.len()], Vec::with_capacity(replay.changes.len()));
    for change in &replay.changes {
        let (Change::Node { event, .. } | Change::Link { event, .. }) = *change;
        changing[event] = true;
    }
    let mut rows = Rows::new(facts, replay);
    let (mut kept, mut bytes) = (Vec::new(), 0);
    for (index, event) in facts.events.iter().enumerate().rev() {
        if bytes > most && !changing[index] && &*event.section != "cluster.fault" {
            continue;
        }
        let row = rows.row(index);
        bytes += row.len();
        kept.push((index, row));
    }
    kept.reverse();
    let position = |event: usize| kept.partition_point(|(index, _)| *index < event);
    for change in &replay.changes {
        changes.push(match *change {
            Change::Node { event, node, state } => json!([position(event), 0, node, state as usize]),
            Change::Link { event, link, state } => json!([position(event), 1, link, state as usize]),
        });
    }
    let links: Vec<_> =
        replay.links.iter().map(|link| json!([link.ends.0, link.ends.1, usize::from(link.is_declared)])).collect();
    let symbols: Vec<_> = layout.symbols.iter().map(|symbol| json!([symbol.label, symbol.nodes])).collect();
    let routes: Vec<_> = layout.routes.iter().map(|route| route_links(route, replay)).collect();
    let head = json!({
        "start": facts.events.first().map(|event| Moment(event.time).to_string()),
        "end": facts.events.first().map(|event| facts.at.duration_since(event.time).unwrap_or_default().as_micros() as u64),
        "failure": position(facts.events_before()),
        "names": replay.names,
        "links": links,
        "symbols": symbols,
        "routes": routes,
        "sections": rows.sections,
        "changes": changes,
    });
    let head = head.to_string();
    let rows: Vec<_> = kept.iter().map(|(_, row)| row.as_str()).collect();
    let data = format!("{},\"events\":[{}]}}", &head[..head.len() - 1], rows.join(",\n"));
    // No text in it can end the element that it is in.
    (data.replace('<', "\\u003c"), facts.events.len() - kept.len())
}

/// Events as rows: microseconds since the first, node, level, section, name, value.
struct Rows<'a> {
    facts: &'a Facts,
    nodes: HashMap<&'a str, usize>,
    sections: Vec<&'a str>,
    of_section: HashMap<&'a str, usize>,
}

impl<'a> Rows<'a> {
    fn new(facts: &'a Facts, replay: &'a Replay) -> Self {
        let nodes = replay.names.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
        Self { facts, nodes, sections: Vec::new(), of_section: HashMap::new() }
    }

    fn row(&mut self, index: usize) -> String {
        let events = &self.facts.events;
        let event = &events[index];
        let micros = event.time.duration_since(events[0].time).unwrap_or_default().as_micros();
        let node = self.nodes.get(&*event.node).map_or(-1, |node| *node as i64);
        let section = *self.of_section.entry(&event.section).or_insert_with(|| {
            self.sections.push(&event.section);
            self.sections.len() - 1
        });
        let mut row = format!("[{micros},{node},{},{section},{}", event.level as usize, Value::from(&*event.name));
        if event.value != Value::Null {
            let value = event.value.to_string();
            let _ = write!(row, ",{}", Value::from(&value[..value.floor_char_boundary(MOST_OF_A_VALUE)]));
        }
        row + "]"
    }
}

#[cfg(test)]
mod tests {
    use cluster_topology::{Topology, index};

    use super::*;

    #[test]
    fn the_groups_of_a_large_network_are_aggregated() {
        let mut declared = Topology::new((0..10_000).map(|node| format!("{}.{}", ["a", "b"][node % 2], node / 2 + 1)));
        index::ring(10_000).for_each(|(a, b)| declared.link(a, b).expect("both are there"));
        let facts = Facts::of_events(declared, &[]);
        let page = page(&facts, &Replay::new(&facts.declared, &facts.events), 1 << 20);
        let symbols = page.matches("data-symbol=").count();
        assert!((1..=150).contains(&symbols), "{symbols} symbols");
        assert!(page.len() < 1 << 20, "{} bytes", page.len());
    }

    #[test]
    fn a_page_that_would_be_too_large_has_the_newest_events_and_says_so() {
        let events: Vec<_> =
            (0..1000).map(|n| ("a", "db", "applied", json!({ "text": format!("{n:0100}") }))).collect();
        let mut all = vec![("a", "node", "ready", Value::Null)];
        all.extend(events);
        let facts = Facts::of_events(Topology::new(["a"]), &all);
        let page = page(&facts, &Replay::new(&facts.declared, &facts.events), 20_000);
        assert!(page.contains("older events are left out"), "nothing is said");
        assert!(page.contains("\"ready\""), "a change of a state is left out");
        assert!(
            page.contains(&format!("{:0100}", 999)) && !page.contains(&format!("{:0100}", 5)),
            "the oldest are kept"
        );
    }

    #[test]
    fn nothing_that_a_node_reports_is_code() {
        let evil = "</script><script>alert(1)</script><!-- {{data}} & \"";
        let facts = Facts::of_events(Topology::new([evil]), &[(evil, "db", "said", json!(evil))]);
        let page = page(&facts, &Replay::new(&facts.declared, &facts.events), 1 << 20);
        assert_eq!(page.matches("<script").count(), 2, "the data and the script of the page");
        assert_eq!(page.matches("</script").count(), 2);
    }
}
