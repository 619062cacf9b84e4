use super::expect;

#[test]
fn every_topology_is_a_shape_and_a_statement() {
    for source in [
        "k[7]: tree(2); v[dyn n]: tree(arity = n); tree(k, v, arity = 3)",
        "k[9]: grid(3); t[9]: torus(columns = 3); grid(k, columns = 1); torus(k, t[0..6], columns = N)",
        "h[8]: hypercube; w[5]: wheel; hypercube(h[..4]); wheel(w, h)",
        "k[10]: random_regular(3); j[10]: random_regular(3, connected, seed = 7); random_regular(k, degree = 2, connected)",
        "k[10]: gnp(0.1, connected) + gnp(1); gnp(k, probability = p, seed = 3, connected); j[dyn n]: gnp(p, seed = s)",
        "k[10]: small_world(4, 0.1); small_world(k, probability = 0.5, neighbours = 2)",
        "k[10]: scale_free(2, seed = 7); scale_free(k, links = 1)",
        "k[10]: shape(opposite); shape(k, pairs = |count| (0..count / 2).map(move |a| (a, a + count / 2)))",
        "k[10]: shape(|a, b| (a, b)) + ring; region[9] { gw }: grid(3); grid(region.gw, columns = 3)",
        "grid; tree[2] = connected: line; wheel(grid, tree, connected, seed); connected; seed; columns: star(shape); shape",
    ] {
        expect(source, &[]);
    }
}

#[test]
fn a_topology_has_its_size_rule() {
    expect("k[10]: torus(5)", &[("10", "at least 3 rows and 3 columns, found 2 by 5")]);
    expect("k[9]: torus(2)", &[("2", "found 4 by 2")]);
    expect("k[10]: grid(4)", &[("4", "full rows, found 10 nodes in 4 columns: 8 or 12 nodes are full rows")]);
    expect("k[10]; grid(k, columns = 4)", &[("columns = 4", "full rows")]);
    expect("k[6]: hypercube", &[("6", "a power of two, found 6")]);
    expect("k[3]: wheel", &[("3", "at least 4 nodes, found 3")]);
    expect("k[dyn 3]: wheel", &[("3", "at least 4 nodes, found 3")]);
    expect("k[9]: random_regular(3)", &[("3", "an even number of ends")]);
    expect("k[4]: random_regular(4)", &[("4", "less than its number of nodes")]);
    expect("k[9]: small_world(3, 0.1)", &[("3", "an even number of neighbours")]);
    expect("k[9]: scale_free(0)", &[("0", "at least 1, found 0")]);
    expect("k[9]: gnp(1.5)", &[("1.5", "from 0 to 1 without a unit, found `1.5`")]);
    expect("k[9]: gnp(-0.1)", &[("-0.1", "from 0 to 1")]);
    expect("k[9]: gnp(0, connected)", &[("0", "choose a greater one")]);
    expect("k[7]: tree(0)", &[("0", "`arity` of a `tree` is at least 1")]);
    expect("a; b; wheel(a, b)", &[("wheel(a, b)", "at least 4 nodes, found 2")]);
    expect("k[N]: torus(5); v[dyn n]: torus(2)", &[]);
}

#[test]
fn a_single_node_has_no_topology() {
    expect(
        "a: grid(3)",
        &[("grid(3)", "`grid` links the nodes of a group, and `a` is a single node\nhelp: `a[9]: grid(3)`")],
    );
    expect("a: shape(pairs)", &[("shape(pairs)", "`a` is a single node")]);
}

#[test]
fn a_parameter_is_needed() {
    expect("k[9]: grid", &[("grid", "`grid` needs its `columns`\nhelp: as in `grid(columns)`")]);
    expect("k[9]: small_world(4)", &[("small_world(4)", "needs its `probability`")]);
    expect("k[9]; grid(k)", &[("grid(k)", "needs its `columns`\nhelp: as in `grid(k, columns = 3)`")]);
    expect("k[9]: shape; shape(k)", &[("shape", "needs its `pairs`"), ("shape(k)", "needs its `pairs`")]);
    expect("k[9]: grid(columns = )", &[("=", "a value is missing after `columns =`")]);
}

#[test]
fn a_parameter_is_one_that_the_topology_takes() {
    expect("k[9]: grid(column = 3)", &[("column", "did you mean `columns`?")]);
    expect("k[9]: grid(3, seed = 4)", &[("seed", "`grid` takes no `seed`\nhelp: it takes `columns`")]);
    expect("k[9]: grid(3, 3)", &[("3", "more than `grid` takes\nhelp: as in `grid(columns)`")]);
    expect("k[9]: gnp(0.1, 7)", &[("7", "also `connected` and `seed = 7`")]);
    expect("k[8]: hypercube(3)", &[("hypercube(3)", "takes nothing but conditions in parentheses")]);
    expect("k[9]: grid(3, columns = 3)", &[("columns = 3", "given twice"), ("3", "first given here")]);
    expect("k[9]: gnp(0.1, connected, connected)", &[("connected", "given twice"), ("connected", "first given")]);
    expect("k[9]: shape(pairs = a, b)", &[("b", "more than `shape` takes")]);
}

#[test]
fn the_parameters_of_a_statement_are_named_and_come_last() {
    expect("k[9]; grid(k, 3)", &[("3", "the parameters of a statement are named\nhelp: `columns = 3`")]);
    expect("k[9]; grid(columns = 3, k)", &[("k", "nodes come before parameters")]);
    expect("grid(columns = 3)", &[("grid(columns = 3)", "takes at least one set of nodes, found 0")]);
    expect("k[9]; grid(k columns = 3)", &[("columns", "expected `,` after `k`, found `columns`\nhelp: `, columns`")]);
}

#[test]
fn a_parameter_is_a_number() {
    expect("k[9]: grid(2.5)", &[("2.5", "the `columns` of a `grid` is a whole number")]);
    expect("k[9]: grid(-3)", &[("-3", "cannot be negative")]);
    expect("k[9]: gnp(\"often\")", &[("\"often\"", "a number from 0 to 1")]);
    expect("k[9]: gnp(0.1, seed = -1)", &[("-1", "the `seed` of a `gnp` cannot be negative")]);
    expect("k[9]: gnp(0.1, connected = true)", &[("connected = true", "help: `connected`")]);
    expect("k[9]: grid(3 4)", &[("4", "expected `,`")]);
}

#[test]
fn other_mistakes_in_a_topology_are_those_of_any_shape() {
    expect("k[9]: gird(3)", &[("gird", "did you mean `grid`?")]);
    expect("k[9]; griid(k, x)", &[("griid", "did you mean `grid`?"), ("x", "no `x`")]);
    expect("k[9]; grid(kk, columns = 3)", &[("kk", "no `kk`")]);
    expect("k[9]; grid(k, k[0..3], columns = 3)", &[("k[0..3]", "in this `grid` twice")]);
    expect("k[9] grid(3)", &[("grid", "`k[9]: grid(3)`")]);
    expect("k[9]: ring, grid(3)", &[(",", "joined by `+`")]);
    expect("k[9]: grid(3) + grid(columns = 3)", &[("grid(columns = 3)", "already"), ("grid(3)", "first")]);
    expect("k[9]: gnp(0.1) + gnp(0.1)", &[]);
    expect(
        "k[9]: gnp(0.1, seed = 1) + gnp(0.1, seed = 1)",
        &[("gnp(0.1, seed = 1)", "already"), ("gnp(0.1, seed = 1)", "first")],
    );
}
