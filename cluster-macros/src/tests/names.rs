use super::expect;

#[test]
fn an_unknown_name_says_what_was_meant() {
    expect("center; k: star(centre)", &[("centre", "did you mean `center`?")]);
    expect("center; connect(center, observer)", &[("observer", "declare it with `observer;`")]);
    expect("a; x -> [a, yy[3]]", &[("x", "no `x`"), ("yy", "no `yy`")]);
}

#[test]
fn a_name_is_declared_once() {
    expect("a; b; a", &[("a", "declared twice"), ("a", "first declared here")]);
    expect("r#b; b: connect(c)", &[("b", "declared twice"), ("r#b", "first"), ("c", "no `c`")]);
}

#[test]
fn reserved_names_are_refused() {
    expect("__cluster; k: star(__cluster)", &[("__cluster", "`cluster`")]);
    expect("__", &[("__", "use another name")]);
}

#[test]
fn a_keyword_is_no_name() {
    expect("type; k: star(r#type)", &[("type", "`r#type`")]);
    expect("gen[3]: ring", &[("gen", "`r#gen`")]);
    expect("self; a", &[("self", "cannot be the name")]);
    expect("_; a", &[("_", "cannot be the name")]);
    expect("a; connect(a, match)", &[("match", "`r#match`"), ("match", "no `r#match`")]);
}

#[test]
fn a_name_has_no_quotes() {
    expect("a; \"b\"; connect(a, b)", &[("\"b\"", "help: `b`")]);
    expect("a; b; connect(a, \"b\")", &[("\"b\"", "help: `b`")]);
    expect("\"b c\"; a", &[("\"b c\"", "expected a declaration or a link")]);
}

#[test]
fn other_declarations_keywords_are_not_needed() {
    expect("let a; let mut b = kind; connect(a, b)", &[("let", "help: remove it"), ("let mut", "help: remove it")]);
}
