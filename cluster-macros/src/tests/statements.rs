use super::expect;

#[test]
fn a_cluster_without_nodes_is_empty() {
    expect("", &[("", "a cluster has at least one node")]);
    expect("use Kind;", &[("Kind", "a cluster has at least one node")]);
}

#[test]
fn eight_mistakes_show_at_once() {
    expect(
        "centre; leaves[0]: star(center); k[2]: ring; k; x: cliqe; connect(x); y[4]; connect(y[4], x); x <-> y; __z",
        &[
            ("center", "did you mean `centre`?"),
            ("0", "at least one node"),
            ("2", "at least 3 nodes, found 2"),
            ("k", "declared twice"),
            ("k", "first declared here"),
            ("cliqe", "did you mean `clique`?"),
            ("connect(x)", "found 1"),
            ("4", "out of bounds"),
            ("<->", "`connect(x, y)`"),
            ("__z", "`z`"),
        ],
    );
}

#[test]
fn a_missing_semicolon_is_shown_where_it_belongs() {
    expect("a b; connect(a, b)", &[("a", "missing `;` here, before `b`")]);
    expect("a; k[3]: star(a) b: connect(k)", &[(")", "missing `;` here, before `b`")]);
    expect("a\nclique(a, b); b", &[("a", "missing `;` here, before `clique`")]);
    expect("a\nconnect(a, b); b", &[("a", "missing `;` here, before `connect`")]);
    expect("a; b = kind c; connect(b, c)", &[("kind", "missing `;` here, before `c`")]);
    expect("a; b; connect(a, b) [a, b] -> c; c", &[(")", "missing `;` here, before `[ .. ]`")]);
    expect("use kind a; b", &[("kind", "missing `;` here, before `a`")]);
}

#[test]
fn commas_do_not_separate_statements() {
    expect("a, b, c; connect(a, b)", &[(",", "separated by `;`")]);
    expect("a; k[3]: ring, b; connect(a, b)", &[(",", "separated by `;`")]);
}

#[test]
fn an_empty_statement_is_refused() {
    expect("a;; b", &[(";", "no statement before this `;`")]);
}

#[test]
fn stray_tokens_are_shown() {
    expect("a; 42; b", &[("42", "expected a declaration or a link, found `42`")]);
    expect("a; + ; b", &[("+", "expected a declaration or a link, found `+`")]);
    expect("a ? ; b", &[("?", "expected `;`, found `?`")]);
    expect("a; b; connect(a, b) { c }", &[("{ c }", "expected `;`, found `{ .. }`")]);
    expect("a; b; connect(a, b) + 1", &[("+ 1", "expected `;`, found `+`")]);
}

#[test]
fn angle_brackets_must_close() {
    expect("< a; b", &[("<", "never closed")]);
    expect("<", &[("<", "never closed")]);
}

#[test]
fn the_kind_of_all_nodes_is_given_once_and_first() {
    expect("use a; use b; c", &[("use", "twice"), ("use", "first given here")]);
    expect("c; use a;", &[("use", "before all other statements")]);
}

#[test]
fn a_kind_is_needed_after_use_and_equals() {
    expect("use; a", &[("use", "a kind is missing after `use`")]);
    expect("a =; b", &[("=", "a kind is missing after `=`")]);
    expect("a[3] = : ring; b", &[("=", "a kind is missing after `=`")]);
    expect("a = 4; b", &[("4", "expected a kind, found `4`")]);
    expect("a = Kind::; b", &[(":", "this kind is not complete\nhelp: a kind is a value")]);
}

#[test]
fn a_kind_comes_before_the_shapes() {
    expect("a[3]: ring = kind; b", &[("=", "the kind comes before the shapes")]);
}

#[test]
fn arrows_of_other_languages_say_what_to_write() {
    expect("a; b; a <-> b", &[("<->", "`connect(a, b)`")]);
    expect("a; b; a <- b", &[("<-", "`b -> a`")]);
    expect("a; b; a -- b", &[("--", "`connect(a, b)`")]);
    expect("a; k[3]; a --> k[0]", &[("-->", "`a -> k[0]`")]);
    expect("a; b; a => b", &[("=>", "`a -> b`")]);
    expect("a; b; c; a -> b -> c", &[("->", "help: `; b ->`")]);
    expect("a; b; c; a -- b -- c", &[("--", "`connect(a, b)`"), ("--", "`connect(b, c)`")]);
}

#[test]
fn an_arrow_has_two_sides() {
    expect("a; a ->", &[("->", "a node is missing after `->`")]);
    expect("a; b; a ->; a -> b", &[("->", "a node is missing after `->`")]);
    expect("a; b; [a, b]", &[("[a, b]", "this set is linked with nothing")]);
    expect("a; -> a", &[("->", "expected a declaration or a link, found `->`")]);
}

#[test]
fn docs_and_attributes_elsewhere_are_refused() {
    expect("a; b; /// both\nconnect(a, b)", &[("/// both", "documents a declaration")]);
    expect("#[cfg(unix)] a; b", &[("#[cfg(unix)]", "only doc comments")]);
}

#[test]
fn one_mistake_between_two_names_is_one_error() {
    expect("a; b; a b", &[("a", "missing `;` here, before `b`\nhelp: `a;`, or `a ->` for a link")]);
    expect("a; b; (a, b)", &[("(a, b)", "linked with nothing\nhelp: `clique(a, b)`")]);
    expect("a; b; c; star(a, latency = 1ms, b)", &[("b", "help: `star(a, b, latency = 1ms)`")]);
}

#[test]
fn a_cluster_has_no_control_flow() {
    expect("a; for i in 0..3 { a -> b }; c; c -> a", &[("for", "a cluster is declared, and has no `for`")]);
    expect("a; if x { b } c; while true { d }", &[("if", "has no `if`"), ("while", "has no `while`")]);
    expect("loop; a", &[("loop", "help: `r#loop`")]);
}

#[test]
fn names_in_the_braces_of_a_second_declaration_are_not_missed() {
    expect("a[] { b: ring }; a", &[("[]", "a count is missing")]);
}
