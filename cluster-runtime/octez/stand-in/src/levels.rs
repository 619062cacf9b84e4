//! Which events are written, as the variable of the environment says.

use crate::refusal::Result;

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Fatal,
}

impl Level {
    fn parse(text: &str) -> Result<Self> {
        match text {
            "debug" => Ok(Level::Debug),
            "info" => Ok(Level::Info),
            "notice" => Ok(Level::Notice),
            "warning" => Ok(Level::Warning),
            "error" => Ok(Level::Error),
            "fatal" => Ok(Level::Fatal),
            _ => Err(format!("expected a level, found `{text}`")),
        }
    }
}

/// A list of prefixes of sections, the first of which that matches an event counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Levels(Vec<(String, Level)>);

impl Levels {
    /// Reads `section-prefix=p2p:debug&section-prefix=:info`. The default comes last, and is debug, info or notice.
    pub(crate) fn parse(query: &str) -> Result<Self> {
        let mut levels = Vec::new();
        for pair in query.split('&') {
            let prefix = pair.strip_prefix("section-prefix=");
            let (section, level) = prefix
                .and_then(|prefix| prefix.rsplit_once(':'))
                .ok_or_else(|| format!("expected `section-prefix=SECTION:LEVEL`, found `{pair}`"))?;
            let is_section = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            if !section.chars().all(is_section) {
                return Err(format!("expected the name of a section, found `{section}`"));
            }
            levels.push((section.to_owned(), Level::parse(level)?));
        }
        let defaults: Vec<_> = levels.iter().filter(|(section, _)| section.is_empty()).collect();
        match (defaults.as_slice(), levels.last()) {
            ([(_, level)], Some((last, _))) if last.is_empty() && *level <= Level::Notice => Ok(Self(levels)),
            _ => Err(format!("expected one default, debug, info or notice, at the end of `{query}`")),
        }
    }

    /// Whether an event of this section and level is written.
    pub(crate) fn admit(&self, section: &[&str], level: Level) -> bool {
        let section = section.join(".");
        let matching = self.0.iter().find(|(prefix, _)| is_prefix(prefix, &section));
        matching.is_some_and(|(_, least)| level >= *least)
    }
}

fn is_prefix(prefix: &str, section: &str) -> bool {
    match section.strip_prefix(prefix) {
        Some(rest) => prefix.is_empty() || rest.is_empty() || rest.starts_with('.'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_matching_prefix_wins() {
        let levels = Levels::parse("section-prefix=p2p:fatal&section-prefix=p2p.io:debug&section-prefix=:info")
            .expect("it is well formed");
        assert!(!levels.admit(&["p2p", "io"], Level::Debug), "p2p comes first");
        assert!(levels.admit(&["p2p"], Level::Fatal));
        assert!(levels.admit(&["p2pool"], Level::Info), "a prefix ends with a segment");
        assert!(!levels.admit(&["node", "main"], Level::Debug));
    }

    #[test]
    fn a_default_that_is_missing_or_early_or_too_high_is_refused() {
        for query in
            ["section-prefix=p2p:info", "section-prefix=:info&section-prefix=p2p:info", "section-prefix=:warning"]
        {
            Levels::parse(query).expect_err(query);
        }
    }

    #[test]
    fn anything_but_prefixes_is_refused() {
        for query in
            ["", "level-at-least=info", "section-prefix=:loud", "section-prefix=p 2p:info&section-prefix=:info"]
        {
            Levels::parse(query).expect_err(query);
        }
    }
}
