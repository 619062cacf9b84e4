use std::fmt;

/// The severity of an event.
///
/// # Examples
/// ```
/// use cluster_runtime::Level;
/// assert!(Level::Debug < Level::Fatal);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Details for debugging the node.
    Debug,
    /// Normal operation.
    Info,
    /// Normal, but significant.
    Notice,
    /// Something is wrong; the node continues.
    Warning,
    /// Something failed; the node continues.
    Error,
    /// The node cannot continue.
    Fatal,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Notice => "notice",
            Level::Warning => "warning",
            Level::Error => "error",
            Level::Fatal => "fatal",
        })
    }
}

/// The level of all sections that have none of their own.
///
/// Only these three exist, as in Tezt: with a higher one a network would show nothing. A single section may have any [`Level`].
///
/// # Examples
/// ```
/// use cluster_runtime::{DefaultLevel, Level};
/// assert_eq!(Level::from(DefaultLevel::default()), Level::Info);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DefaultLevel {
    /// Everything.
    Debug,
    /// All but the debug level.
    #[default]
    Info,
    /// Notices, warnings and errors.
    Notice,
}

impl From<DefaultLevel> for Level {
    fn from(level: DefaultLevel) -> Self {
        match level {
            DefaultLevel::Debug => Level::Debug,
            DefaultLevel::Info => Level::Info,
            DefaultLevel::Notice => Level::Notice,
        }
    }
}

/// Which events a start shows: a default, and levels of sections.
///
/// # Examples
/// ```
/// use cluster_runtime::event::Levels;
/// use cluster_runtime::Level;
///
/// let levels = Levels { sections: vec![("p2p".to_owned(), Level::Debug)], ..Levels::default() };
/// assert_eq!(levels.of("p2p.dial"), Level::Debug);
/// assert_eq!(levels.of("gossip"), Level::Info);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// The lowest level that is shown of sections without a level of their own.
    pub default: DefaultLevel,
    /// The lowest level that is shown, by section. If a section is named twice, the last one counts.
    pub sections: Vec<(String, Level)>,
}

/// The sections of what the runtime reports of nodes and of their programs.
const OWN_SECTIONS: [&str; 2] = ["node", "process"];

/// Whether the levels of this section are kept by the runtime alone, whatever the kind of a node knows of levels.
pub(crate) fn is_own(section: &str) -> bool {
    OWN_SECTIONS.iter().any(|own| is_prefix(own, section))
}

impl Levels {
    /// Whether kinds have to know levels of sections.
    pub(crate) fn ask_kinds(&self) -> bool {
        self.sections.iter().any(|(section, _)| !is_own(section))
    }

    /// The lowest level that is shown of `section`: that of its longest prefix, in whole segments, that has one.
    pub fn of(&self, section: &str) -> Level {
        self.sections
            .iter()
            .filter(|(prefix, _)| is_prefix(prefix, section))
            .max_by_key(|(prefix, _)| prefix.len())
            .map_or(self.default.into(), |(_, level)| *level)
    }
}

/// `p2p` is a prefix of `p2p` and of `p2p.dial`, not of `p2pool`; the empty prefix is one of all sections.
fn is_prefix(prefix: &str, section: &str) -> bool {
    match section.strip_prefix(prefix) {
        Some(rest) => prefix.is_empty() || rest.is_empty() || rest.starts_with('.'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(sections: &[(&str, Level)]) -> Levels {
        Levels {
            default: DefaultLevel::Info,
            sections: sections.iter().map(|(section, level)| ((*section).to_owned(), *level)).collect(),
        }
    }

    #[test]
    fn the_longest_matching_prefix_wins() {
        let levels = levels(&[("p2p.dial", Level::Debug), ("p2p", Level::Fatal), ("p2p.dial.retry", Level::Error)]);
        assert_eq!(levels.of("p2p"), Level::Fatal);
        assert_eq!(levels.of("p2p.accept"), Level::Fatal);
        assert_eq!(levels.of("p2p.dial"), Level::Debug);
        assert_eq!(levels.of("p2p.dial.retry"), Level::Error);
        assert_eq!(levels.of("node"), Level::Info);
    }

    #[test]
    fn a_prefix_ends_at_a_segment() {
        assert_eq!(levels(&[("p2p", Level::Fatal)]).of("p2pool"), Level::Info);
    }
}
