//! Declared links that are not up.

use std::collections::HashSet;

use super::link::{Dial, LinkEnd};
use super::links::Links;
use crate::clock::rounded;
use crate::error::MissingLink;

/// The declared links of nodes, given by their ids, that are not up: each once, as seen from the side that dials.
pub(crate) fn missing_links(nodes: &[(u64, &Links)]) -> Vec<(LinkEnd, MissingLink)> {
    let known: HashSet<_> = nodes.iter().map(|(id, _)| *id).collect();
    let links = nodes.iter().flat_map(|(_, links)| links.declared());
    // The link is listed from its other end if that is one of these nodes.
    let links = links.filter(|link| link.dials() || !known.contains(&link.other().id()));
    let links = links.filter(LinkEnd::is_awaited);
    let links = links.map(|link| if link.dials() { link } else { link.reversed() });
    links.filter_map(|link| missing_link(&link).map(|missing| (link, missing))).collect()
}

fn missing_link(link: &LinkEnd) -> Option<MissingLink> {
    let (dialler, listener) = (link.own().name(), link.other().name());
    let state = match (link.is_up(), link.reversed().is_up()) {
        (true, true) => return None,
        (true, false) => format!("{dialler} reports it, {listener} {}", does_not(&link.reversed())),
        (false, true) => format!("{listener} reports it, {dialler} {}", does_not(link)),
        (false, false) => progress(link),
    };
    let is_half_up = link.is_up() || link.reversed().is_up();
    let state = if is_half_up && link.is_blocked() { format!("{state} (cut by the test)") } else { state };
    Some(MissingLink { dialler: dialler.clone(), listener: listener.clone(), state })
}

/// What an end does that does not report its link.
fn does_not(end: &LinkEnd) -> String {
    match end.lost_for() {
        Some(lost) => format!("lost it {:?} ago", rounded(lost)),
        None => "does not".to_owned(),
    }
}

/// The progress of a link that neither end reports.
fn progress(link: &LinkEnd) -> String {
    for end in [link.own(), link.other()] {
        let stage = end.lifecycle().stage();
        if !stage.is_alive() {
            return format!("{} {stage}", end.name());
        }
    }
    if link.is_blocked() {
        return "cut by the test".to_owned();
    }
    let (dialler, listener) = (link.own().name(), link.other().name());
    let lost = [link.lost_for(), link.reversed().lost_for()].into_iter().flatten().min();
    let lost = lost.map_or(String::new(), |lost| format!("lost {:?} ago; ", rounded(lost)));
    if let (Some(of_dialler), Some(of_listener)) = (link.answer(), link.reversed().answer()) {
        return format!("{lost}{dialler} answers that it is connected to {of_dialler}; {listener}, to {of_listener}");
    }
    match link.dial_progress() {
        Some(Dial::Dialled) => format!("{lost}{dialler} has dialled, neither has reported `connected`"),
        Some(Dial::Failed(why)) => format!("{lost}{dialler} has dialled and failed: {why}"),
        None => format!("{lost}{dialler} has not reported that it dialled"),
    }
}
