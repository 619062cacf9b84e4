use super::expect;

#[test]
fn clusters_of_clusters_are_right() {
    for source in [
        "region[3] { gw; n[4]: star(gw); }: ring; clique(region.gw); observer; connect(region[0].n[1], observer)",
        "east { gw }; west { gw }; connect(east, west); east.gw -> west.gw",
        "hub; zone[dyn n] { rack[N] { n[2]: line + star(hub); gw; [gw] -> n }: ring }: line; ring(zone[i].rack[1..].n)",
        "use kind; east { use other; a; b = third; }: connect(c); c",
        "ring { clique[2] }; k{ a; }; connect(ring.clique[0], k)",
        "a; east { a; b: star(a) }; connect(a, east.a)",
    ] {
        expect(source, &[]);
    }
}

#[test]
fn a_cluster_has_something_in_its_braces() {
    expect("east {}; a", &[("{}", "a cluster has at least one node")]);
    expect("a; east { connect(a, a) }", &[("east", "at least one node"), ("a", "linked to itself")]);
    expect("east { use kind; }", &[("{ use kind; }", "at least one node")]);
    expect("east { gw[] }", &[("[]", "a count is missing")]);
}

#[test]
fn clusters_are_nested_32_deep_at_most() {
    let nested = |depth: usize| format!("{}x{}", "a {".repeat(depth), "}".repeat(depth));
    expect(&nested(32), &[]);
    expect(&nested(33), &[("{", "nested at most 32 deep")]);
    expect(&format!("a; connect(a, {}a{})", "[".repeat(400), "]".repeat(400)), &[("[", "nested at most 32 deep")]);
}

#[test]
fn a_member_is_one_of_its_cluster() {
    expect(
        "region[3] { gw; n[4] }; ring(region.observer)",
        &[("observer", "no `observer` in `region`\nhelp: it has `gw`, `n`")],
    );
    expect("region[3] { gateway; n[4] }; ring(region.gatway)", &[("gatway", "did you mean `gateway`?")]);
    expect("a { b { c } }; d: star(a.b.x)", &[("x", "no `x` in `a.b`\nhelp: it has `c`")]);
    expect("a; b; connect(a.gw, b)", &[("gw", "`a` is no cluster, and has no `gw`")]);
    expect("a { b }; c; connect(a., c)", &[(".", "a name is missing after this `.`")]);
    expect("a { b }; c; connect(a.1, c)", &[("a.1", "selected by their index, counted from 0\nhelp: `a[0]`")]);
}

#[test]
fn a_name_inside_is_not_known_outside() {
    expect("region[3] { gw; n[4] }; observer: star(gw)", &[("gw", "it is in a cluster: `region.gw`")]);
    expect("a; east { b: star(aa) }", &[("aa", "no `aa` in this cluster")]);
}

#[test]
fn a_cluster_is_not_named_in_its_own_braces() {
    expect("region[3] { gw; n: star(region[0].gw) }", &[("region[0].gw", "without `region`\nhelp: `gw`")]);
    expect("region[3] { gw; star(gw, region) }", &[("region", "this is in `region`, and cannot name it")]);
    expect("a; b; connect(net.a, b)", &[("net.a", "without `net`\nhelp: `a`")]);
}

#[test]
fn names_differ_within_a_cluster_only() {
    expect("a; east { a; a }", &[("a", "declared twice"), ("a", "first declared here")]);
    expect("a { b }; a { c }", &[("a", "declared twice"), ("a", "first declared here")]);
    expect("east { __x }", &[("__x", "`x`")]);
}

#[test]
fn every_index_of_a_path_is_within_its_group() {
    expect(
        "r[3] { n[4] }; a: star(r[3].n[0])",
        &[("3", "`r` has 3 clusters\nhelp: the first is `r[0]`, the last `r[2]`")],
    );
    expect("r[3] { n[4] }; a: star(r[0].n[4])", &[("4", "`n` has 4 nodes")]);
    expect("r[3] { n[4] }; a: connect(r[1..4].n[4..])", &[("1..4", "ends at 4"), ("4..", "starts at 4")]);
    expect("r { n[4] }; a: star(r[0].n[1])", &[("r[0].n[1]", "`r` is a single cluster\nhelp: `r` without an index")]);
    expect("r[-1] { n }; a: star(r[1.5].x)", &[("-1", "negative"), ("1.5", "whole"), ("x", "no `x` in `r`")]);
}

#[test]
fn a_shape_over_clusters_needs_enough_of_them() {
    expect("r[2] { n }: ring", &[("2", "at least 3 nodes, found 2\nhelp: as in `r[3] { .. }: ring`")]);
    expect("r { n[4] }: ring", &[("ring", "`r` is a single cluster\nhelp: as in `r[3] { .. }: ring`")]);
    expect("r[2] { gw }; ring(r.gw)", &[("ring(r.gw)", "at least 3 nodes, found 2")]);
    expect("r[3] { n[4] }; a: star(r.n)", &[("r.n", "`r.n` is 12 nodes")]);
    expect("r[3] { n[4] }; a: star(r[0].n[1])", &[]);
}

#[test]
fn clusters_are_not_linked_to_themselves() {
    expect("r[3] { gw; n[4] }; connect(r[0], r[0].gw)", &[("r[0].gw", "`r[0]` would be linked to itself")]);
    expect("r[3] { gw }; connect(r.gw, r[1].gw)", &[("r[1].gw", "`r[1].gw` would be linked to itself")]);
    expect("r[3] { gw; n[4] }; connect(r[0].n, r[1].n); connect(r.gw, r.n)", &[]);
    expect("r[3] { n[4] }; clique(r, r[0])", &[("r[0]", "twice")]);
    expect("r[3] { gw; n[4]: star(n[0]) }", &[("n[0]", "`n[0]` would be linked to itself")]);
}

#[test]
fn a_link_is_written_once_in_each_cluster() {
    expect(
        "r[2] { a; b; connect(a, b); connect(b, a) }",
        &[("connect(b, a)", "links these nodes already"), ("connect(a, b)", "first linked here")],
    );
    expect("r { a; b; connect(a, b) }; s { a; b; connect(a, b) }; connect(r.a, r.b)", &[]);
}

#[test]
fn arrays_within_arrays_hold_4096_nodes_together() {
    expect(
        "r[1000] { gw; n[4] }",
        &[("1000", "at most 4,096 nodes together, as they lie on the stack\nhelp: declare `r[dyn 1000]`")],
    );
    expect("r[dyn 1000] { gw; n[4] }", &[]);
    expect("r[2] { n[dyn 100000] }", &[]);
}

#[test]
fn a_cluster_has_no_kind_of_its_own_and_its_shapes_come_last() {
    expect("east { gw } = kind; a", &[("=", "begin its braces with `use KIND;`")]);
    expect("r[3]: ring { gw }; a", &[("{ gw }", "come before its shapes")]);
    expect("east { gw; use kind; }", &[("use", "before all other statements")]);
    expect("east { gw } west { gw }", &[("}", "missing `;` here, before `west`")]);
}
