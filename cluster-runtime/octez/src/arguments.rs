//! The arguments of `config init`, and their values.

use std::fmt;

/// How much of the chain a node keeps.
///
/// # Examples
/// ```
/// use cluster_octez::HistoryMode;
/// assert_eq!(HistoryMode::Full(Some(5)).to_string(), "full:5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HistoryMode {
    /// Everything.
    Archive,
    /// All blocks, and the contexts of the last ones; how many more cycles of those, if not the usual number.
    Full(Option<u32>),
    /// The last blocks with their contexts; how many more cycles of those, if not the usual number.
    Rolling(Option<u32>),
}

impl fmt::Display for HistoryMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HistoryMode::Archive => f.write_str("archive"),
            HistoryMode::Full(None) => f.write_str("full"),
            HistoryMode::Full(Some(cycles)) => write!(f, "full:{cycles}"),
            HistoryMode::Rolling(None) => f.write_str("rolling"),
            HistoryMode::Rolling(Some(cycles)) => write!(f, "rolling:{cycles}"),
        }
    }
}

/// What a node's RPC server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// JSON only.
    Json,
    /// Binary only.
    Binary,
    /// Both.
    Any,
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MediaType::Json => "json",
            MediaType::Binary => "binary",
            MediaType::Any => "any",
        })
    }
}

/// How many connections a node takes for a number.
const MOST_CONNECTIONS: u32 = 100;

/// Arguments in the order in which they were first given; one that is given again has its last value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    named: Vec<(&'static str, Option<String>)>,
    other: Vec<String>,
}

impl Arguments {
    pub(crate) fn set(&mut self, name: &'static str, value: Option<String>) {
        match self.named.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.named.push((name, value)),
        }
    }

    /// What the node would refuse.
    pub(crate) fn fault(&self) -> Option<String> {
        let value = self.named.iter().find(|(name, _)| *name == "--connections")?.1.as_deref()?;
        let is_too_much = value.parse::<u32>().is_ok_and(|connections| connections > MOST_CONNECTIONS);
        is_too_much.then(|| {
            format!("a node seeks at most {MOST_CONNECTIONS} connections, found {value}\nhelp: ask for fewer by `.connections(..)`")
        })
    }

    /// Adds words as they are.
    pub(crate) fn add(&mut self, words: impl IntoIterator<Item = String>) {
        self.other.extend(words);
    }

    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        let named = self.named.iter().flat_map(|(name, value)| [Some((*name).to_owned()), value.clone()]);
        named.flatten().chain(self.other.iter().cloned())
    }
}
