//! Events on standard error as they come, if `CLUSTER_LOG` asks for them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{IsTerminal, stderr};
use std::sync::LazyLock;

use super::entry::Entry;
use crate::event::Level;

const VARIABLE: &str = "CLUSTER_LOG";

/// Colours of the terminal that can be read on light and dark ground.
const COLOURS: [u8; 12] = [31, 32, 33, 34, 35, 36, 91, 92, 93, 94, 95, 96];

/// What is printed.
static ECHO: LazyLock<Option<Echo>> = LazyLock::new(|| {
    let asked = std::env::var(VARIABLE).ok().filter(|text| !text.trim().is_empty())?;
    let is_coloured = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let parsed = Echo::parse(&asked, is_coloured);
    parsed.inspect_err(|problem| eprintln!("{VARIABLE}={asked} was ignored: {problem}")).ok()
});

#[derive(Debug)]
struct Echo {
    rules: Vec<Rule>,
    is_coloured: bool,
}

/// Events of a node, a group or a section from a level on.
#[derive(Debug)]
struct Rule {
    /// Empty for all.
    of: String,
    from: Level,
}

/// Prints an event, if it is asked for.
pub(super) fn echo(event: &Entry) {
    if let Some(echo) = &*ECHO
        && echo.has(event)
    {
        eprintln!("{}", echo.line(event));
    }
}

impl Echo {
    /// Reads `all`, or items such as `leaves.2=debug` and `p2p`.
    fn parse(text: &str, is_coloured: bool) -> Result<Self, String> {
        let rules = text.split(',').map(|item| {
            let (of, level) = item.trim().split_once('=').unwrap_or((item.trim(), "debug"));
            let of = if of == "all" { String::new() } else { of.to_owned() };
            Ok(Rule { of, from: level_of(level)? })
        });
        Ok(Self { rules: rules.collect::<Result<_, String>>()?, is_coloured })
    }

    fn has(&self, event: &Entry) -> bool {
        self.rules.iter().any(|rule| {
            let is_of =
                |name: &str| name.strip_prefix(&*rule.of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            event.level >= rule.from && (rule.of.is_empty() || is_of(&event.node) || is_of(&event.section))
        })
    }

    /// The event with its node's name in a colour of its own.
    fn line(&self, event: &Entry) -> String {
        if !self.is_coloured {
            return format!("[{}] {event}", event.node);
        }
        let mut hasher = DefaultHasher::new();
        event.node.hash(&mut hasher);
        let colour = COLOURS[(hasher.finish() % COLOURS.len() as u64) as usize];
        format!("\x1b[{colour}m[{}]\x1b[0m {event}", event.node)
    }
}

fn level_of(name: &str) -> Result<Level, String> {
    let levels = [Level::Debug, Level::Info, Level::Notice, Level::Warning, Level::Error, Level::Fatal];
    let found = levels.into_iter().find(|level| level.to_string() == name);
    found.ok_or_else(|| format!("`{name}` is none of the levels debug, info, notice, warning, error and fatal"))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::super::compact::Compact;
    use super::*;

    fn event(node: &str, level: Level, section: &'static str) -> Entry {
        let (time, value) = (SystemTime::UNIX_EPOCH, Compact::null());
        Entry { number: 0, time, node: node.into(), level, section: section.into(), name: "tick".into(), value }
    }

    #[test]
    fn nodes_groups_and_sections_are_selected_from_a_level_on() {
        let echo = Echo::parse("leaves.2=debug, p2p=info,k", false).expect("it is right");
        assert!(echo.has(&event("leaves.2", Level::Debug, "db")));
        assert!(!echo.has(&event("leaves.21", Level::Debug, "db")));
        assert!(echo.has(&event("a", Level::Info, "p2p.dial")));
        assert!(!echo.has(&event("a", Level::Debug, "p2p")));
        assert!(echo.has(&event("k.7", Level::Debug, "db")));
        assert!(Echo::parse("all", false).expect("it is right").has(&event("a", Level::Debug, "db")));
    }

    #[test]
    fn what_is_no_level_is_an_error() {
        let problem = Echo::parse("p2p=loud", false).expect_err("it is no level");
        assert!(problem.starts_with("`loud` is none of the levels"), "{problem}");
    }

    #[test]
    fn a_line_has_its_node_in_a_colour() {
        let line = |is_coloured| Echo { rules: Vec::new(), is_coloured }.line(&event("k.1", Level::Info, "db"));
        assert_eq!(line(false), "[k.1] 00:00:00.000 info    db tick");
        assert!(line(true).contains("m[k.1]\x1b[0m 00:00:00.000 info    db tick"), "{}", line(true));
    }
}
