use super::expect;

#[test]
fn a_group_has_at_least_one_node() {
    expect("k[0]: ring; a: star(k[0])", &[("0", "at least one node")]);
}

#[test]
fn a_count_is_a_whole_number() {
    expect("k[-3]", &[("-3", "a count cannot be negative\nhelp: `3`")]);
    expect("k[2.5]", &[("2.5", "a whole number, found `2.5`\nhelp: `2`")]);
    expect("k[\"3\"]", &[("\"3\"", "a whole number, found `\"3\"`\nhelp: `3`")]);
    expect("k[true]", &[("true", "whole number")]);
    expect("k[dyn 0]", &[("0", "at least one node")]);
    expect("k[dyn -1]", &[("-1", "negative")]);
    expect("k[99999999999999999999]", &[("99999999999999999999", "a number up to")]);
    expect("k[300u8]; j[3u8]", &[("300u8", "a number up to")]);
}

#[test]
fn numbers_have_no_unit() {
    expect("k[4k]", &[("4k", "a count is a number without a unit, found `4k`\nhelp: `4`")]);
    expect("k[3u]: ring; connect(k[0s], k[1])", &[("3u", "without a unit"), ("0s", "an index is a number without a")]);
    expect("k[9]: grid(3x3)", &[("3x3", "the `columns` of a `grid` is a number without a unit, found `3x3`")]);
    expect("k[9]: gnp(1ms)", &[("1ms", "from 0 to 1 without a unit")]);
    expect("a; require diameter <= 4hops", &[("4hops", "without a unit, found `4hops`\nhelp: `4`")]);
    expect("k[4usize]: ring; connect(k[0u8], k[2i64]); g[9]: gnp(0.1f64)", &[]);
}

#[test]
fn literals_are_computed_with() {
    expect("k[2 + 2]: ring; connect(k[1 * 2], k[0])", &[]);
    expect("k[0 - 2]", &[("0 - 2", "cannot be negative")]);
    expect("k[4 / 2]: ring", &[("4 / 2", "at least 3 nodes, found 2")]);
    expect("k[1 / 0]", &[]);
}

#[test]
fn a_count_is_needed_in_the_brackets() {
    expect("k[]; a", &[("[]", "a count is missing")]);
    expect("k[dyn]; a", &[("[dyn]", "a count is missing")]);
    expect("k[4 5]; a", &[("5", "this count is not an expression of Rust from here on\nhelp: `[4]`")]);
}

#[test]
fn arrays_hold_4096_nodes_together() {
    expect("k[5000]", &[("5000", "at most 4,096 nodes together")]);
    expect("k[5000]", &[("5000", "`k[dyn 5000]`")]);
    expect("a[4000]; b[96]; c[1]; d[1]", &[("1", "`a[dyn 4000]`")]);
    expect("a[4000]; b[96]; c; d[dyn 5000]", &[]);
}

#[test]
fn a_variable_is_no_constant() {
    expect("k[n]: ring", &[("n", "`[dyn n]`")]);
    expect("k[n + 1]: ring", &[("n + 1", "`[dyn n + 1]`")]);
    expect("k[self.nodes.len()]", &[("self.nodes.len()", "`[dyn self.nodes.len()]`")]);
    expect("k[Self::N]", &[("Self::N", "`[dyn Self::N]`")]);
}

#[test]
fn other_brackets_say_to_use_square_ones() {
    expect("k(4); connect(k[0], k[1])", &[("(4)", "`k[4]`")]);
    expect("k(n): ring", &[("(n)", "`k[n]`"), ("n", "`[dyn n]`")]);
    expect("k{4}; a", &[("{4}", "`k[4]`")]);
}

#[test]
fn a_shape_has_enough_nodes() {
    expect("k[2]: ring", &[("2", "a `ring` has at least 3 nodes, found 2")]);
    expect("k[dyn 2]: ring", &[("2", "a `ring` has at least 3 nodes, found 2")]);
    expect("k[1]: line", &[("1", "a `line` has at least 2 nodes, found 1")]);
    expect("k[1]: clique", &[("1", "a `clique` has at least 2 nodes, found 1")]);
    expect("k[3]; ring(k[0..2])", &[("ring(k[0..2])", "at least 3 nodes, found 2")]);
    expect("a; b; ring(a, b)", &[("ring(a, b)", "at least 3 nodes, found 2")]);
    expect("k[4]; line(k[3..])", &[("line(k[3..])", "at least 2 nodes, found 1")]);
    expect("a; clique(a)", &[("clique(a)", "at least 2 nodes, found 1")]);
}

#[test]
fn a_single_node_needs_to_be_a_group() {
    expect("a: ring", &[("ring", "`a[3]: ring`")]);
    expect("a: clique", &[("clique", "`a[2]: clique`")]);
}
