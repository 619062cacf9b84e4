use super::expect;

#[test]
fn a_cluster_may_be_a_type() {
    for source in [
        "/// docs\n pub struct Followers(kind: Octez, n: usize); use kind; boot = kind.clone() as Octez; peers[dyn n]: ring + star(boot)",
        "struct Pair; a; b: star(a)",
        "#[derive(Debug)] #[cfg(test)] pub(crate) struct Net<K: Kind, const N: usize>(kind: K,) where K: Default; use kind; k[N]: ring",
        "pub struct Net(kind: &Octez); use kind; a = Loopback; b = octez::Octez; region[3] { gw; n[4]: star(gw) }: ring",
    ] {
        expect(source, &[]);
    }
}

#[test]
fn a_kind_of_a_type_needs_its_own_type() {
    expect(
        "struct Net(kind: Octez); a = kind.clone(); b",
        &[("kind.clone()", "needs the type of this kind\nhelp: `kind.clone() as Type`")],
    );
    expect(
        "struct Net; use Loopback::new(); a; b = other()",
        &[("Loopback::new()", "as Type"), ("other()", "as Type")],
    );
    expect("struct Net; east { use Loopback::new(); a }", &[("Loopback::new()", "as Type")]);
}

#[test]
fn the_head_of_a_type_is_that_of_a_struct_with_parameters() {
    expect("struct Net(n); a", &[("n", "a parameter has a type, as in a function\nhelp: `n: usize`")]);
    expect("struct Net { n: usize } a", &[("{ n: usize }", "`struct Net(n: usize);`")]);
    expect("struct Net(n: usize) a[dyn n]", &[("Net", "expected `;` after the head")]);
    expect("#[derive(Debug, Clone)] struct Net; a", &[("Clone", "a cluster cannot be `Clone`")]);
    expect("struct; a", &[("struct", "`r#struct`")]);
}

#[test]
fn other_items_are_no_clusters() {
    expect("enum Net(n: usize); a", &[("enum", "not by `enum`\nhelp: `struct Net(n: usize);`")]);
    expect("pub fn net(); a; b: star(c)", &[("fn", "not by `fn`"), ("c", "no `c`")]);
}

#[test]
fn a_parameter_is_a_name_and_a_type() {
    expect("struct Net(&self, n: usize); a[dyn n]", &[("&self", "without a `self`")]);
    expect("struct Net(mut n: usize); a[dyn n]", &[("mut", "a name and its type, and no more\nhelp: `n: usize`")]);
    expect("struct Net(pub n: usize); a[dyn n]", &[("pub", "a name and its type, and no more\nhelp: `n: usize`")]);
    expect("struct Net(n: usize = 3, m: u8); a[dyn n]", &[("=", "and no more\nhelp: `n: usize`")]);
    expect("struct Net(n: usize m: u8); a[dyn n]", &[("m", "expected `,` after this parameter, found `m`")]);
}

#[test]
fn all_mistakes_of_a_head_and_of_its_declarations_are_told() {
    expect(
        "struct Net<N: usize>(self, n, kind: Octez mut m: _, usize, Octez); use kind; a; b: star(c); k[dyn n]; j = n",
        &[
            ("N: usize", "help: `const N: usize`"),
            ("self", "without a `self`"),
            ("n", "a parameter has a type, as in a function\nhelp: `n: usize`"),
            ("mut", "expected `,` after this parameter, found `mut`"),
            ("mut", "a name and its type, and no more"),
            ("_", "a parameter has a type, as in a function\nhelp: `m: usize`"),
            ("usize", "help: "),
            ("Octez", "help: "),
            ("c", "no `c`"),
        ],
    );
}

#[test]
fn a_cluster_borrows_nothing() {
    expect("struct Own<'a, K: Kind>(kind: &'a K); use kind; a", &[("'a", "a cluster borrows nothing")]);
}

#[test]
fn a_count_computes_nothing_with_a_const_parameter() {
    expect("struct Net<const N: usize>; k[N + 1]: ring; j[N]", &[("N + 1", "help: `[dyn N + 1]`")]);
}

#[test]
fn the_rules_of_the_declarations_are_those_of_any_cluster() {
    expect("struct Net; k[2]: ring; a: star(b)", &[("2", "at least 3 nodes"), ("b", "no `b`")]);
    expect("struct Net(n: usize); k[n]: ring", &[("n", "`[dyn n]`")]);
    expect("struct Net;", &[("", "a cluster has at least one node")]);
    expect("struct Net; k[4]: line; require diameter < 3", &[("require diameter < 3", "the diameter is 3")]);
}

#[test]
fn other_items_with_braces_are_told_once() {
    expect("enum Net { A, B }", &[("enum", "declared like a struct, not by `enum`\nhelp: `struct Net(n: usize);`")]);
    expect("pub union Net { a }; b", &[("union", "declared like a struct")]);
}
