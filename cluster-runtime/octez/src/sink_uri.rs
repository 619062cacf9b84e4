//! Where a node's events go, and which: the value of `TEZOS_EVENTS_CONFIG`.

use cluster_runtime::Level;
use cluster_runtime::event::Levels;

/// A sink that writes to the pipe. `pipe` is absolute and has no white space, which would separate it from another sink.
///
/// The first prefix that matches a section counts, so the longer ones come first and the default comes last.
pub(crate) fn sink_uri(pipe: &str, levels: &Levels) -> String {
    let mut sections: Vec<(&str, Level)> = Vec::with_capacity(levels.sections.len());
    // Of a section that is named twice the last level counts.
    for (section, level) in levels.sections.iter().rev() {
        if !sections.iter().any(|(known, _)| known == section) {
            sections.push((section, *level));
        }
    }
    sections.sort_by_key(|(section, _)| std::cmp::Reverse(section.len()));
    if !sections.iter().any(|(section, _)| section.is_empty()) {
        sections.push(("", levels.default.into()));
    }
    let prefixes = sections.iter().map(|(section, level)| format!("section-prefix={}:{level}", encoded(section)));
    format!("file-descriptor-path://{pipe}?{}", prefixes.collect::<Vec<_>>().join("&"))
}

/// A section as it may stand in a URI.
fn encoded(section: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    section.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use cluster_runtime::DefaultLevel;

    use super::*;

    fn uri(default: DefaultLevel, sections: &[(&str, Level)]) -> String {
        let sections = sections.iter().map(|(section, level)| ((*section).to_owned(), *level)).collect();
        sink_uri("/tmp/pipe", &Levels { default, sections })
    }

    #[test]
    fn the_default_comes_last() {
        assert_eq!(
            uri(DefaultLevel::Notice, &[("p2p", Level::Debug)]),
            "file-descriptor-path:///tmp/pipe?section-prefix=p2p:debug&section-prefix=:notice"
        );
    }

    #[test]
    fn a_longer_prefix_comes_first() {
        let uri = uri(DefaultLevel::Info, &[("p2p", Level::Fatal), ("p2p.maintenance", Level::Debug)]);
        let first = uri.find("p2p.maintenance:debug").expect("it is there");
        assert!(first < uri.find("p2p:fatal").expect("it is there"), "{uri}");
    }

    #[test]
    fn the_last_level_of_a_section_counts() {
        let uri = uri(DefaultLevel::Info, &[("p2p", Level::Fatal), ("p2p", Level::Debug)]);
        assert!(uri.contains("p2p:debug") && !uri.contains("fatal"), "{uri}");
    }

    #[test]
    fn a_section_cannot_break_the_uri() {
        let uri = uri(DefaultLevel::Info, &[("a b&c", Level::Debug)]);
        assert!(uri.contains("section-prefix=a%20b%26c:debug"), "{uri}");
    }
}
