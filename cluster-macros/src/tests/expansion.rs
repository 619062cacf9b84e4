use proc_macro2::{TokenStream, TokenTree};

use super::tokens;

fn expand(source: &str) -> TokenStream {
    crate::cluster(tokens(&format!("runtime {source}")), |_| {})
}

fn count(tokens: TokenStream) -> usize {
    let inner = |tree: TokenTree| match tree {
        TokenTree::Group(group) => 1 + count(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(inner).sum()
}

#[test]
fn large_groups_cost_no_more_than_small_ones() {
    for (large, small) in [
        ("k[1000]: clique", "k[2]: clique"),
        ("k[1024]: hypercube + gnp(0.5, connected)", "k[4]: hypercube + gnp(0.1, connected)"),
        ("k[1000]; star(k[0], k[1..1000])", "k[4]; star(k[0], k[1..4])"),
        ("hub; k[dyn 1000000]: ring + star(hub)", "hub; k[dyn 3]: ring + star(hub)"),
    ] {
        assert_eq!(count(expand(large)), count(expand(small)), "`{large}` expands to as much as `{small}`");
    }
}

#[test]
fn the_expansion_grows_linearly() {
    let size = |statements: usize| {
        let nodes = (0..statements).map(|n| format!("n{n}; k{n}[N]: ring + star(n{n}); connect(n{n}, k{n}[3]);"));
        count(expand(&nodes.collect::<String>()))
    };
    let (first, second, third) = (size(10), size(110), size(210));
    assert_eq!(third - second, second - first, "100 statements cost the same after 10 as after 110");
}

#[test]
fn clusters_of_clusters_grow_linearly() {
    let size = |clusters: usize| {
        let each = (0..clusters).map(|n| format!("r{n}[3] {{ gw; n[4]: star(gw) }}: ring; clique(r{n}.gw);"));
        count(expand(&each.collect::<String>()))
    };
    let (first, second, third) = (size(10), size(110), size(210));
    assert_eq!(third - second, second - first, "100 clusters cost the same after 10 as after 110");
    assert_eq!(count(expand("r[3] { n[2] }: ring")), count(expand("r[300] { n[4] }: ring")));
}

#[test]
fn a_large_set_grows_linearly_but_for_its_nesting() {
    let size = |nodes: usize| {
        let names: Vec<String> = (0..nodes).map(|n| format!("n{n}")).collect();
        count(expand(&format!("{}; clique({})", names.join(";"), names.join(","))))
    };
    let each = (size(1000) - size(100)) as f64 / 900.0;
    let each_of_few = (size(100) - size(10)) as f64 / 90.0;
    assert!(each < each_of_few * 1.1, "a node costs {each} tokens among 1,000, {each_of_few} among 100");
}

#[test]
fn with_a_mistake_the_value_still_has_every_field() {
    let expansion = expand("center; leaves[0]: star(centre); k[n]; k; type").to_string();
    for field in ["pub center", "pub leaves", "pub k ", "pub r#type"] {
        assert_eq!(expansion.matches(field).count(), 1, "`{field}` is in {expansion}");
    }
    assert!(expansion.contains("compile_error"), "{expansion}");
}

#[test]
fn the_runtime_is_called_by_the_path_that_is_given() {
    let expansion = expand("use kind; a; k[3] = other: ring + star(a); v[dyn n]; a -> v[i]").to_string();
    assert!(!expansion.contains("cluster_runtime"), "a renamed dependency is found: {expansion}");
}

#[test]
fn a_loopback_is_made_only_where_a_node_has_no_kind() {
    assert!(!expand("use kind; a; b = other").to_string().contains("Loopback"));
    assert!(!expand("a = kind; b = other").to_string().contains("Loopback"));
    assert!(expand("a = kind; b").to_string().contains("runtime :: Loopback :: new ()"));
}

#[test]
fn whatever_is_written_the_expansion_is_an_expression() {
    const WORDS: [&str; 58] = [
        "a",
        "k",
        "v",
        "[4]",
        "[N]",
        "[dyn n]",
        "[n]",
        "[0]",
        "[]",
        "[1..3]",
        "[i..]",
        "[a, k]",
        "(a, k)",
        "(k[1])",
        "(4)",
        "()",
        "{ a }",
        "{ a; k[3]: star(a); }",
        "{ use kind(); v[dyn n] }",
        ".a",
        "grid(3)",
        "gnp(k, probability = p, connected)",
        "tree(k, arity = 2)",
        "shape(k, pairs = f)",
        "wheel",
        "require connected",
        "require degree(k, a) >= n",
        "require survives(1)",
        "scale_free(n, seed = 1.5)",
        "c[2] { a; k[4] }; ring(c.k[1])",
        "c[i].k -> a",
        ";",
        ";",
        ";",
        ";",
        ":",
        "=",
        "+",
        ",",
        "->",
        "<->",
        "-",
        "<",
        ">",
        "use",
        "dyn",
        "type",
        "self",
        "__x",
        "\"a\"",
        "kind()",
        "|x| x",
        "star(a)",
        "ring",
        "clique(a, k[0], v[i])",
        "connect(k, [a, v[1]])",
        "line",
        "/// doc\n",
    ];
    let mut random = 1_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    for _ in 0..2_000 {
        let words: Vec<&str> = (0..next(16)).map(|_| WORDS[next(WORDS.len())]).collect();
        let source = words.join(" ");
        let expansion = expand(&source);
        // What begins like an item stands between items.
        let is_item = source.starts_with("type ") && syn::parse2::<syn::File>(expansion.clone()).is_ok();
        assert!(is_item || syn::parse2::<syn::Expr>(expansion).is_ok(), "`{source}` expands to no expression");
    }
}
