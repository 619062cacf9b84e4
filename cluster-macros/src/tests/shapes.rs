use super::expect;

#[test]
fn an_unknown_shape_says_what_there_is() {
    expect("k[4]: cliqe", &[("cliqe", "did you mean `clique`? the shapes are `clique`, `ring`")]);
    expect("k[4]: mesh", &[("mesh", "the shapes are `clique`, `ring`, `line`, `star(hub)`")]);
    expect("a; k[4]: a", &[("a", "`star(a)` or `connect(a)`")]);
}

#[test]
fn an_unknown_statement_says_what_there_is() {
    expect("a; b; conect(a, b)", &[("conect", "did you mean `connect`?")]);
    expect("a; b; mesh(a, b)", &[("mesh", "`clique(a, b, ..)`")]);
    expect("a; b; a(b)", &[("a", "`a` is a node")]);
    expect("a; mesh(x)", &[("mesh", "no statement"), ("x", "no `x`")]);
}

#[test]
fn a_shape_is_needed_after_a_colon_or_a_plus() {
    expect("k[4]:; a", &[(":", "a shape is missing after `:`")]);
    expect("k[4]: ring +; a", &[("+", "a shape is missing after `+`")]);
    expect("k: 4; a", &[("4", "help: `k[4]`")]);
    expect("k: [4]; a", &[("[4]", "`k[4]`")]);
    expect("k[4]: + ; a", &[("+", "expected a shape, found `+`")]);
}

#[test]
fn a_shape_is_separated_by_a_colon() {
    expect("x; k[4] star(x)", &[("star", "`k[4]: star(x)`")]);
    expect("k[4] ring", &[("ring", "`k[4]: ring`")]);
    expect("k[dyn n] ring + star(a); a", &[("ring", "`k[dyn n]: ring`")]);
}

#[test]
fn shapes_are_joined_by_plus() {
    expect("hub; k[4]: ring, star(hub)", &[(",", "joined by `+`")]);
    expect("hub; k[4]: ring star(hub)", &[("star(hub)", "joined by `+`\nhelp: `+ star(hub)`")]);
}

#[test]
fn a_shape_takes_its_arguments() {
    expect("a; k[4]: ring(a)", &[("ring(a)", "takes nothing but conditions in parentheses")]);
    expect("k[4]: ring()", &[("ring()", "takes nothing but conditions in parentheses")]);
    expect("k[4]: star", &[("star", "takes one set of nodes, found 0")]);
    expect("a; b; k[4]: star(a, b)", &[("star(a, b)", "found 2")]);
}

#[test]
fn a_statement_takes_its_arguments() {
    expect("a; connect(a)", &[("connect(a)", "`connect` takes 2 sets of nodes, found 1")]);
    expect("a; b; c; connect(a, b, c)", &[("connect(a, b, c)", "`[b, c]`")]);
    expect("a; star(a)", &[("star(a)", "`star` takes at least 2 sets of nodes, found 1")]);
    expect("a; clique()", &[("clique()", "found 0")]);
    expect("a; k[2]; connect a k", &[("connect a k", "`connect(a, k)`")]);
}
