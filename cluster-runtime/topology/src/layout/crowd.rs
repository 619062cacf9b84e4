//! Large groups become one symbol each, until a picture is small enough to be read.

use super::outline::{Crowd, Part, Set, SetKind};

const MOST_SYMBOLS: usize = 150;
const MOST_ROUTES: usize = 1_000;

/// Makes a crowd of each group and each cluster that has at least so many members, for the greatest number that suffices.
pub(super) fn crowded(root: Set, nodes: usize, links: &[(usize, usize)]) -> Set {
    if is_readable(&root, None, nodes, links) {
        return root;
    }
    let mut sizes = Vec::new();
    collect_sizes(&root, &mut sizes);
    sizes.sort_unstable();
    sizes.dedup();
    let enough = sizes.into_iter().rev().find(|size| is_readable(&root, Some(*size), nodes, links));
    crowd(root, enough.unwrap_or(0))
}

fn collect_sizes(set: &Set, sizes: &mut Vec<usize>) {
    sizes.push(set.members.len());
    for member in &set.members {
        if let Part::Set(set) = member {
            collect_sizes(set, sizes);
        }
    }
}

fn is_readable(root: &Set, size: Option<usize>, nodes: usize, links: &[(usize, usize)]) -> bool {
    let mut symbols = vec![0; nodes];
    let count = assign(root, size, 0, &mut symbols);
    count <= MOST_SYMBOLS && routes(&symbols, links) <= MOST_ROUTES
}

/// Numbers the symbols from `next`, for each node that of its own. Returns the next number.
fn assign(set: &Set, size: Option<usize>, next: usize, symbols: &mut [usize]) -> usize {
    let is_crowd = size.is_some_and(|size| set.members.len() >= size);
    let mut next = next;
    for member in &set.members {
        match member {
            Part::Set(set) if !is_crowd => next = assign(set, size, next, symbols),
            part => {
                part.nodes().into_iter().for_each(|node| symbols[node] = next);
                next += usize::from(!is_crowd);
            }
        }
    }
    next + usize::from(is_crowd)
}

/// How many pairs of symbols are linked.
fn routes(symbols: &[usize], links: &[(usize, usize)]) -> usize {
    let ends = links.iter().map(|(a, b)| (symbols[*a].min(symbols[*b]), symbols[*a].max(symbols[*b])));
    let mut ends: Vec<_> = ends.filter(|(a, b)| a != b).collect();
    ends.sort_unstable();
    ends.dedup();
    ends.len()
}

fn crowd(set: Set, size: usize) -> Set {
    if set.members.len() >= size {
        return Set { name: String::new(), kind: SetKind::Root, members: vec![crowd_of(set)], id: 0 };
    }
    let members = set.members.into_iter().map(|member| match member {
        Part::Set(set) if set.members.len() >= size => crowd_of(set),
        Part::Set(set) => Part::Set(crowd(set, size)),
        other => other,
    });
    Set { members: members.collect(), ..set }
}

fn crowd_of(set: Set) -> Part {
    let members = set.members.len();
    let name = set.name.clone();
    Part::Crowd(Crowd { name, members, nodes: Part::Set(set).nodes() })
}
