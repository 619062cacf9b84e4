//! Mistakes that people make, from other languages or from Rust: one error each, in our words.

use super::expect;

#[test]
fn a_shape_is_no_kind_and_a_kind_no_shape() {
    expect("k[4] = ring", &[("ring", "help: `k[4]: ring`")]);
    expect("k = ring(4)", &[("ring(4)", "help: `k[4]: ring`")]);
    expect("a; k[4] = star(a)", &[("star(a)", "help: `k[4]: star(a)`")]);
    expect("leaves = [a, b]; a; b", &[("[a, b]", "a set has no name of its own")]);
    expect("center: Loopback::new()", &[("Loopback::new()", "help: `center = Loopback::new()`")]);
    expect("k[4]: Loopback", &[("Loopback", "help: `k[4] = Loopback`")]);
}

#[test]
fn a_count_comes_after_the_name() {
    expect("k: ring[5]", &[("[5]", "help: `k[5]: ring`")]);
    expect("leaves[5]; ring: leaves[3]", &[("[3]", "help: `leaves[3]: ring`")]);
    expect("[5]k: ring", &[("[5]", "help: `k[5]`")]);
    expect("k: 5; a", &[("5", "help: `k[5]`")]);
}

#[test]
fn counts_of_other_languages_say_what_to_write() {
    expect("k[1..=3]: ring", &[("1..=3", "help: `[3]`")]);
    expect("k[0..4]: ring", &[("0..4", "help: `[4]`")]);
    expect("k[_; 5]: ring", &[("[_; 5]", "help: `[5]`")]);
    expect("k[5, 6]: ring", &[("[5, 6]", "help: `[5]`")]);
    expect("a [label=\"A\"]; b", &[("[label=\"A\"]", "help: remove it")]);
    expect("k[4]; connect(k[0:2], k[3])", &[("[0:2]", "help: `[0..2]`")]);
    expect("k[4]; a; connect(k.1, a)", &[("k.1", "help: `k[0]`")]);
    expect("r[2] { n }; a; r.1.n -> a", &[("r.1.n", "help: `r[0].n`")]);
    expect("k[4]; a; k[-1] -> a", &[("-1", "cannot be negative\nhelp: the first has index 0")]);
    expect("k 4", &[("4", "help: `[4]`")]);
    expect("k[3][3]", &[("[3]", "one pair of brackets")]);
    expect("clique(4)", &[("clique(4)", "help: `k[4]: clique`")]);
}

#[test]
fn any_sign_between_two_names_is_an_unknown_arrow() {
    for sign in ["~>", ">>", "|>", "-->", "=>", "to"] {
        expect(&format!("a; b; a {sign} b"), &[(sign, "between nodes\nhelp: `a -> b`")]);
    }
    for sign in ["|", "+", "--", "<>", "&&", "..", "and", "<->"] {
        expect(&format!("a; b; a {sign} b"), &[(sign, "between nodes\nhelp: `connect(a, b)`")]);
    }
    expect("a; b; a <~ b", &[("<~", "help: `b -> a`")]);
    expect("a; b; a: b", &[("a: b", "there is no `:` between nodes\nhelp: `connect(a, b)`")]);
    expect("leaf-node", &[("leaf-node", "the names of nodes have no dashes\nhelp: `leaf_node`")]);
    expect("leaf-node[3]: ring", &[("leaf-node", "the names of nodes have no dashes\nhelp: `leaf_node`")]);
    expect("leaf_node; a; connect(leaf-node, a)", &[("leaf-node", "help: `leaf_node`")]);
    expect("a: b; a; b", &[("a: b", "help: `connect(a, b)`")]);
    expect("a; b; c; a: b + c", &[("a: b + c", "help: `connect(a, [b, c])`")]);
    for sign in ["->", "=>", "|", "&", ";"] {
        expect(&format!("a; b; connect(a {sign} b)"), &[(sign, "help: `,`")]);
    }
}

#[test]
fn brackets_of_the_wrong_kind_are_read_as_what_was_meant() {
    expect("a; b; connect[a, b]", &[("[a, b]", "help: `connect(a, b)`")]);
    expect("a; b; connect{a, b}", &[("{a, b}", "help: `connect(a, b)`")]);
    expect("c; k[4]: star[c]", &[("star[c]", "help: `star(c)`")]);
    expect("c; k[4]: star{c}", &[("star{c}", "help: `star(c)`")]);
    expect("a; b; c; (a, b) -> c", &[("(a, b)", "help: `[a, b]`")]);
    expect("a; b; c; a -> {b c}", &[("{b c}", "help: `[b, c]`")]);
    expect("a; b; c; {a, b} -> c", &[("{a, b}", "help: `[a, b]`")]);
    expect("a; b; c; ring [a; b; c]", &[("[a; b; c]", "help: `ring(a, b, c)`")]);
    expect("a; b; connect a -> b", &[("connect a -> b", "help: `connect(a, b)`")]);
    expect("a; k[3]: star a", &[("star a", "help: `star(a)`")]);
    expect("region: { a; b }", &[("{ a; b }", "right after its name")]);
    expect("k[5]: ring()", &[("ring()", "takes nothing but conditions in parentheses here\nhelp: `ring`")]);
    expect("k[5]: ring(5)", &[("ring(5)", "takes nothing but conditions in parentheses here\nhelp: `ring`")]);
}

#[test]
fn words_before_a_name_are_not_needed() {
    expect("a; b; connect(&mut a, b)", &[("&mut a", "help: `a`")]);
    expect("a; pub(crate) b", &[("pub(crate)", "help: remove it")]);
    expect("node a; node b", &[("node", "help: remove it"), ("node", "help: remove it")]);
    expect("subgraph s { a }; b", &[("subgraph", "help: remove it")]);
    expect("graph TD; a", &[("graph TD", "no title")]);
    expect("graph TD\na; b", &[("graph TD", "no title")]);
    expect("struct A; a; struct B; b", &[("struct", "one type, by the head that it begins with")]);
    expect("struct A; a; pub struct B(n: usize); b", &[("struct", "one type, by the head that it begins with")]);
    expect("digraph G { a -> b }", &[("digraph", "remove it"), ("a", "there is no `a`"), ("b", "there is no `b`")]);
    expect("node; graph; to; connect(node, to)", &[]);
}

#[test]
fn comments_of_other_places_say_where_they_belong() {
    expect("//! x\na; b", &[("//! x", "`//!` documents what is around it")]);
    expect("a; # comment", &[("#", "comments begin with `//`")]);
    expect("a; b # comment", &[("#", "comments begin with `//`")]);
    expect("a; /// docs", &[("/// docs", "documents a declaration")]);
    expect("a; b; connect(a, b) /// docs", &[("/// docs", "documents a declaration")]);
    expect("a /// docs\n; b", &[("/// docs", "documents a declaration")]);
}

#[test]
fn nodes_have_no_methods() {
    expect("a; b; a.connect(b)", &[("a.connect", "help: `connect(a, b)`")]);
    expect("center.private(true)", &[("center.private", "help: `center = Loopback::new().private(true)`")]);
    expect("region { gw }; region.gw", &[("region.gw", "linked with nothing\nhelp: `connect(region.gw, a)`")]);
    expect("a; b; connect!(a, b)", &[("!", "`connect` is no macro\nhelp: remove it")]);
    expect("a; assert!(connected)", &[("assert", "there is no statement `assert(..)`")]);
    expect("a; b; a.link(b)", &[("a.link", "help: `connect(a, b)`")]);
    expect("k[4]; a; connect(k.last(), a)", &[("k.last", "nodes have no methods")]);
    expect("k[4]; a; connect(*k, &mut a)", &[("*k", "help: `k`"), ("&mut a", "help: `a`")]);
    expect("region { gw }; a; region::gw -> a", &[("region::gw", "help: `region.gw`")]);
}

#[test]
fn requirements_begin_with_require_and_compare_once() {
    for word in ["requires", "assert", "ensure", "requre"] {
        expect(&format!("a; {word} connected"), &[(word, "help: `require connected`")]);
    }
    expect("a; assert diameter <= 3", &[("assert", "help: `require diameter <= 3`")]);
    expect("a; require diameter <= 2 <= 3", &[("<=", "help: `require diameter <= 2`")]);
    expect("k[4]: ring; require survives(k[0])", &[("k[0]", "how many may fail")]);
    expect("a; require connected == true", &[("==", "a requirement ends before")]);
    expect("a; diameter <= 3", &[("diameter", "help: `require diameter <= 3`")]);
    expect("a; degree(a) >= 3", &[("degree", "help: `require degree(a) >= 3`")]);
    expect("a; require(connected)", &[("require(connected)", "help: `require connected`")]);
    expect("a; require connected and diameter <= 3", &[("and diameter <= 3", "help: `; require diameter <= 3`")]);
    expect("a; require diameter is 3", &[("require diameter", "help: `require diameter <= 3`")]);
    expect("a; require 3 >= diameter", &[("3", "expected a requirement, found `3`")]);
}

#[test]
fn one_mistake_is_one_error() {
    expect("a; b; connect(a ? b)", &[("?", "expected `,` after `a`")]);
    expect("a =; a; b", &[("=", "a kind is missing")]);
    expect("a ? ; a; b", &[("?", "expected `;`")]);
    expect("k[]; k[4]: ring", &[("[]", "a count is missing")]);
    expect("k[4]:; k[5]: ring", &[(":", "a shape is missing")]);
    expect("k[3]: star(k)", &[("k", "a star has one node at its centre")]);
    expect("grid(3, 3)", &[("grid(3, 3)", "takes at least one set of nodes, found 0")]);
    expect("for i in range(3): a", &[("for", "has no `for`")]);
    expect("let n = 3; a", &[("let", "before `cluster!`")]);
    expect("const N: usize = 3; k[N]", &[("const", "before `cluster!`")]);
    expect("a: Loopback = Loopback::new()", &[("Loopback::new()", "help: `a = Loopback::new()`")]);
    expect("k[3] ring star(a); a", &[("ring", "a shape comes after a `:`"), ("star(a)", "shapes are joined by `+`")]);
    expect("a; k[4]; connect(k(0), a)", &[("(0)", "help: `[0]`")]);
    expect("a; b; connect(a; b)", &[(";", "help: `,`")]);
    for sign in [":", "==", ":=", "=>"] {
        expect(&format!("k[9]: grid(columns {sign} 3)"), &[(sign, "expected `=` after `columns`")]);
    }
    expect("k[9]: grid(columns 3)", &[("3", "help: `= 3`")]);
    expect("k[9]: gnp(0.5, connected: true)", &[("connected: true", "help: `connected`")]);
    expect("k[9]: gnp(50%)", &[("50%", "the `probability` is a number")]);
    expect("k[9]: gnp(.5)", &[(".5", "help: `0.5`")]);
    expect("k[9]; shape(k, |n| pairs(n))", &[("|n| pairs(n)", "are named\nhelp: `pairs = ")]);
    expect("k[9]: gnp(0.5, conected)", &[("conected", "did you mean `connected`?")]);
    expect("k[3]: ring = kind", &[("=", "help: `k[3] = kind: ring`")]);
    expect("struct Net(usize); a", &[("usize", "help: `n: usize`")]);
    expect("k[3]: ring | star(a); a", &[("|", "shapes are joined by `+`")]);
    expect("k[3]: ring and star(a); a", &[("and", "shapes are joined by `+`")]);
}

#[test]
fn two_declarations_of_shapes_are_joined() {
    expect(
        "c; leaves[3]: ring; leaves: star(c)",
        &[("leaves", "help: `leaves[3]: ring + star(c)`"), ("leaves", "first declared here")],
    );
    expect("k[3]; k: ring", &[("k", "`k[3]: ring`"), ("k", "first declared here")]);
}

#[test]
fn a_kind_has_a_type_that_a_field_can_have() {
    for ty in ["impl Kind", "Box<dyn Kind>", "&dyn Kind", "&impl Kind"] {
        expect(
            &format!("struct Net(kind: {ty}); use kind; a; b"),
            &[("kind", "help: declare it as `struct Net<K: Kind>(kind: K)`")],
        );
    }
}

#[test]
fn names_of_other_libraries_find_ours() {
    for (other, ours) in [("mesh", "clique"), ("full_mesh", "clique"), ("complete", "clique"), ("Ring", "ring")] {
        expect(&format!("k[4]: {other}"), &[(other, &format!("did you mean `{ours}`?"))]);
    }
    for (other, ours) in [("cycle", "ring"), ("circle", "ring"), ("path", "line"), ("chain", "line")] {
        expect(&format!("k[4]; {other}(k)"), &[(other, &format!("did you mean `{ours}`?"))]);
    }
    for (other, ours) in [("erdos_renyi(0.1)", "gnp"), ("barabasi_albert(2)", "scale_free")] {
        let name = other.split('(').next().unwrap_or_default();
        expect(&format!("k[4]: {other}"), &[(name, &format!("did you mean `{ours}`?"))]);
    }
    expect("k[9]: watts_strogatz(2, 0.1)", &[("watts_strogatz", "did you mean `small_world`?")]);
}

#[test]
fn names_find_each_other_over_case_and_number() {
    expect("Center; leaf[3]: star(center)", &[("center", "did you mean `Center`?")]);
    expect("a; leaf[3]; connect(leaves, a)", &[("leaves", "did you mean `leaf`?")]);
    expect("alpha; beta; connect(x, alpha)", &[("x", "declare it with `x;`; the names here are `alpha`, `beta`")]);
}
