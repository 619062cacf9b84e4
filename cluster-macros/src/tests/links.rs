use super::expect;

#[test]
fn a_star_has_one_hub() {
    expect(
        "k[4]; leaves[5]: star(k)",
        &[("k", "`k` is 4 nodes\nhelp: pick one, as in `k[0]`, or link them all with `connect(k)`")],
    );
    expect("k[4]; a; star(k[1..3], a)", &[("k[1..3]", "`connect(k[1..3], a)`")]);
    expect("a; b; c; d; star([a, b], c, d)", &[("[a, b]", "`connect([a, b], [c, d])`")]);
}

#[test]
fn a_node_is_not_linked_to_itself() {
    expect("a; connect(a, a)", &[("a", "`a` would be linked to itself")]);
    expect("a: star(a)", &[("a", "`a` would be linked to itself")]);
    expect("a; a -> a", &[("a", "linked to itself")]);
    expect("k[4]: star(k[0])", &[("k[0]", "`k[0]` would be linked to itself")]);
    expect("k[4]: connect(k)", &[("k", "a node of `k`")]);
}

#[test]
fn a_node_is_not_linked_to_itself_by_overlap() {
    expect("k[4]; connect(k[0..2], k[1])", &[("k[1]", "`k[1]` would be linked to itself")]);
    expect("k[4]; connect(k[0..3], k[2..4])", &[("k[2..4]", "a node of `k[2..4]`")]);
    expect("k[N]; connect(k[0..3], k[2..])", &[("k[2..]", "a node of `k[2..]`")]);
    expect("k[dyn n]; connect(k, k[i])", &[("k[i]", "linked to itself")]);
    expect("a; b; star(a, b, a)", &[("a", "linked to itself")]);
    expect("a; b; clique(a, b, a)", &[("a", "`a` is in this `clique` twice")]);
    expect("k[4]; ring(k[0..3], k[2])", &[("k[2]", "twice")]);
}

#[test]
fn an_index_is_within_its_group() {
    expect("a; k[4]; connect(a, k[4])", &[("4", "`k` has 4 nodes\nhelp: the first is `k[0]`, the last `k[3]`")]);
    expect("a; k[dyn 4]; connect(a, k[4])", &[("4", "`k` has 4 nodes")]);
    expect("a; k[4]; connect(a, k[2..5])", &[("2..5", "ends at 5")]);
    expect("a; k[4]; connect(a, k[2..=4])", &[("2..=4", "ends at 5")]);
    expect("a; k[4]; connect(a, k[4..])", &[("4..", "starts at 4")]);
    expect("a; b; connect(a[0], b)", &[("a[0]", "`a` is a single node")]);
    expect("a; k[4]; connect(a, k[9], k[8])", &[("connect(a, k[9], k[8])", "found 3")]);
    expect("k[4]; clique(k[9], k[8])", &[("9", "out of bounds"), ("8", "out of bounds")]);
}

#[test]
fn an_index_is_a_whole_number() {
    expect("a; k[4]; connect(a, k[-1])", &[("-1", "negative")]);
    expect("a; k[4]; connect(a, k[1.0])", &[("1.0", "whole number")]);
    expect("a; k[4]; connect(a, k[\"x\"])", &[("\"x\"", "whole number")]);
    expect("a; k[4]; connect(a, k[])", &[("[]", "an index or a range is missing")]);
    expect("a; k[4]; connect(a, k[0, 2])", &[(",", "one node or one range")]);
}

#[test]
fn a_range_selects_something() {
    expect("a; k[4]; connect(a, k[2..2])", &[("2..2", "empty")]);
    expect("a; k[dyn n]; connect(a, k[3..1])", &[("3..1", "empty")]);
    expect("a; k[4]; connect(a, k[..0])", &[("..0", "empty")]);
}

#[test]
fn a_link_is_written_once() {
    expect(
        "a; b; connect(a, b); connect(b, a)",
        &[("connect(b, a)", "`connect(a, b)` links"), ("connect(a, b)", "first linked here")],
    );
    expect("a; b; c; star(a, b, c); star(a, [c, b])", &[("star(a, [c, b])", "links"), ("star(a, b, c)", "first")]);
    expect("a; b; a -> b; a -> b", &[("a -> b", "`a -> b` links"), ("a -> b", "first linked here")]);
    expect("a; k[4]: star(a); star(a, k)", &[("star(a, k)", "`k: star(a)` links"), ("star(a)", "first linked here")]);
    expect("k[4]: ring + ring", &[("ring", "links these nodes already"), ("ring", "first linked here")]);
}

#[test]
fn a_set_is_a_name_a_selection_or_a_list() {
    expect("a; connect(a, 3)", &[("3", "expected a node or a set of nodes, found `3`")]);
    expect("a; connect(a, )", &[("connect(a, )", "found 1")]);
    expect("a; connect(, a)", &[(",", "missing before this `,`")]);
    expect("a; b; connect(a b)", &[("b", "expected `,` after `a`, found `b`\nhelp: `, b`")]);
    expect("a; b; connect(&a, b)", &[("&a", "without `&`")]);
    expect("a; connect(a, [])", &[("[]", "this set is empty")]);
    expect("a; connect(a, [x, y])", &[("x", "no `x`"), ("y", "no `y`")]);
}
