use std::io;
use std::path::PathBuf;

use super::facts::Facts;

/// How many lines a test prints at most.
const MOST: usize = 40;
/// How many lines of a cause, nodes and lines of each of them, and links are printed.
const OF_A_CAUSE: usize = 8;
const NODES: usize = 3;
const OF_A_NODE: usize = 5;
const LINKS: usize = 5;
/// How many bytes of a line are printed.
const MOST_OF_A_LINE: usize = 400;

/// The lines for the output of the test.
pub(super) fn lines(facts: &Facts, written: Option<&io::Result<PathBuf>>) -> Vec<String> {
    let mut lines = Vec::new();
    for cause in facts.causes() {
        indent(&mut lines, "", &cause, OF_A_CAUSE);
    }
    list(&mut lines, "not as they should be", &facts.troubled, NODES, |lines, node| {
        indent(lines, "  ", &format!("{} {}", node.name, node.state), 3);
        let skipped = node.lines.len().saturating_sub(OF_A_NODE);
        node.lines.iter().skip(skipped).for_each(|line| indent(lines, "    ", line, 1));
    });
    let mut one =
        |title, items: &[String]| list(&mut lines, title, items, LINKS, |lines, item| indent(lines, "  ", item, 1));
    one("missing links", &facts.missing.iter().map(ToString::to_string).collect::<Vec<_>>());
    one("undeclared links", &facts.undeclared);
    one("faults in force", &facts.faults);
    one("faults that bit nothing", facts.idle.as_slice());
    let warnings: Vec<_> = facts.warnings().iter().rev().map(|event| format!("{} {event}", event.node)).collect();
    one("warnings and errors, the newest first", &warnings);
    lines.truncate(MOST - 4);
    lines.extend(facts.simulated.map(|seed| format!("in simulated time, with seed {seed}")));
    lines.extend(facts.settings.mistake.clone());
    lines.push(format!("run it again: {}", facts.command()));
    match written {
        Some(Ok(directory)) => lines.push(format!("report: {}", directory.join("report.html").display())),
        Some(Err(error)) => lines.push(format!("the report could not be written: {error}")),
        None => lines.push("no report was written; CLUSTER_REPORT=always writes one".to_owned()),
    }
    lines
}

/// A title with a count, and the first of some items.
fn list<T>(lines: &mut Vec<String>, title: &str, items: &[T], most: usize, line: impl Fn(&mut Vec<String>, &T)) {
    if items.is_empty() {
        return;
    }
    lines.push(format!("{title}: {}", items.len()));
    items.iter().take(most).for_each(|item| line(lines, item));
    if items.len() > most {
        lines.push(format!("  and {} more", items.len() - most));
    }
}

/// The first lines of a text, each indented.
fn indent(lines: &mut Vec<String>, indentation: &str, text: &str, most: usize) {
    let of_text = text.lines().filter(|line| !line.trim().is_empty()).take(most).enumerate();
    lines.extend(of_text.map(|(number, line)| {
        let line = &line[..line.floor_char_boundary(MOST_OF_A_LINE)];
        format!("{indentation}{}{line}", if number > 0 { "  " } else { "" })
    }));
}
