use super::facts::Facts;

/// How many lines the text has at most.
const MOST: usize = 200;
/// How many events before and after the failure it has.
const AROUND: usize = 20;
/// How many lines of each cause it has: all causes are in its first ten lines.
const OF_A_CAUSE: usize = 4;
const NODES: usize = 8;
const LINKS: usize = 20;
/// How many bytes of a line it has.
const MOST_OF_A_LINE: usize = 1000;

/// The story as text.
pub(super) fn text(facts: &Facts) -> String {
    let mut text = Text(Vec::new());
    text.line(format!("test `{}` of a cluster of {} nodes", facts.test.name(), facts.declared.nodes().len()));
    facts.causes().iter().for_each(|cause| text.lines("", cause, OF_A_CAUSE));
    text.line(format!("run it again: {}", facts.command()));
    text.list("nodes that are not as they should be", &facts.troubled, NODES, |text, node| {
        text.lines("  ", &format!("{} {}", node.name, node.state), 6);
        node.lines.iter().rev().take(8).rev().for_each(|line| text.lines("    ", line, 1));
    });
    let missing: Vec<_> = facts.missing.iter().map(ToString::to_string).collect();
    for (title, items) in [
        ("missing links", &*missing),
        ("undeclared links", &*facts.undeclared),
        ("faults in force", &*facts.faults),
        ("faults that bit nothing", facts.idle.as_slice()),
    ] {
        text.list(title, items, LINKS, |text, item| text.lines("  ", item, 1));
    }
    let before = facts.events_before();
    let event = |text: &mut Text, index: usize| {
        let event = &facts.events[index];
        text.lines("  ", &format!("{} {event}", event.node), 1);
    };
    if !facts.events.is_empty() {
        text.line(format!("\nthe last events before it, of {before}:"));
        (before.saturating_sub(AROUND)..before).for_each(|index| event(&mut text, index));
    }
    if before < facts.events.len() {
        text.line(format!("the first events after it, of {}:", facts.events.len() - before));
        (before..facts.events.len().min(before + AROUND)).for_each(|index| event(&mut text, index));
    }
    if let Some(failed) = &facts.failed {
        text.line("\nthe error of the last wait that failed:".to_owned());
        text.lines("  ", &failed.report, 60);
    }
    text.0.truncate(MOST);
    text.0.join("\n") + "\n"
}

struct Text(Vec<String>);

impl Text {
    fn line(&mut self, line: String) {
        self.0.extend(line.split('\n').map(str::to_owned));
    }

    /// The first lines of a text, each indented.
    fn lines(&mut self, indentation: &str, text: &str, most: usize) {
        let lines = text.lines().take(most);
        self.0.extend(lines.map(|line| format!("{indentation}{}", &line[..line.floor_char_boundary(MOST_OF_A_LINE)])));
    }

    /// A title with a count, and the first of some items.
    fn list<T>(&mut self, title: &str, items: &[T], most: usize, item: impl Fn(&mut Self, &T)) {
        if items.is_empty() {
            return;
        }
        self.line(format!("\n{title}: {}", items.len()));
        items.iter().take(most).for_each(|each| item(self, each));
        if items.len() > most {
            self.line(format!("  and {} more", items.len() - most));
        }
    }
}
