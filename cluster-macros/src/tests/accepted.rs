use super::expect;

#[track_caller]
fn accept(source: &str) {
    expect(source, &[]);
}

#[test]
fn the_declaration_of_the_readme_is_right() {
    accept("center; leaves[5]: star(center); k[4]: clique; connect(center, k)");
}

#[test]
fn the_last_semicolon_is_optional() {
    accept("a; b;");
    accept("a; b");
}

#[test]
fn angle_brackets_around_the_list_mean_the_same() {
    accept("< a; b; a -> b >");
    accept("< a; b; a -> b; >");
}

#[test]
fn statements_come_in_any_order() {
    accept("connect(a, k); k[4]: star(hub); a; hub;");
}

#[test]
fn kinds_are_any_expressions() {
    accept(
        "use Service::new(|node: Context| serve(node)); a; k[3] = make()?: ring; b = Kind { x: 1 }; c = make().await?",
    );
    accept("use kind; v = other as Octez: connect(w); w");
}

#[test]
fn counts_are_literals_constants_and_run_time_values() {
    accept(
        "a[3]; b[N]; c[2 * N + size::OF]; d[dyn n]; e[dyn names.len()]; f[0x10]; g[1_0usize]; h[count()]; i[{ 2 + 2 }]",
    );
}

#[test]
fn shapes_add_up() {
    accept("hub; rim[6]: ring + star(hub); x[2]: line + connect([hub, rim[0..2]])");
}

#[test]
fn every_wiring_statement_takes_sets() {
    accept(
        "a; b; k[4]; v[dyn n]; clique(a, b); ring(a, b, k); line(k[0], k[2..]); star(a, k, [b, v]); connect([a, b], k[1..=2]);
         a -> b; [a, b] -> k; k[0] -> [k[1], k[2]]; connect(v[i], v[a..b]); connect(v[0], v[1..3]); connect(k[..2], k[2..])",
    );
}

#[test]
fn a_link_may_be_declared_in_each_direction() {
    accept("a; b; a -> b; b -> a");
}

#[test]
fn shape_names_may_be_names_of_nodes() {
    accept(
        "clique; ring[3]: ring; star: star(clique); connect(connect, line); connect; line[2] = Kind: line; use_; require; shape; tree",
    );
}

#[test]
fn raw_names_are_names() {
    accept("r#type; r#fn[3]: ring; connect(r#type, r#fn)");
}

#[test]
fn words_of_the_language_may_be_names_of_clusters_and_nodes() {
    accept("ring { /// The gateway.\n gw }; line { a; b: connect(a) }; connect(ring.gw, line.a)");
    accept("require; survives; diameter[3]: ring; degree = Loopback::new(); require -> survives; degree -> diameter");
    accept(
        "latency; rate; loss[2]; columns; connect(latency, rate); loss -> columns (latency = 3ms); star(rate, loss)",
    );
    accept("a; k[9]: grid(columns(3)); connect(a, k[rate(1)]); k[loss(1)..] -> a (latency = latency(3))");
    accept("graph; node; to; with; from; TD; graph -> TD; connect(node, to); with -> from");
}

#[test]
fn docs_belong_to_declarations() {
    accept("/// The hub.\n/// It has all links.\nhub; /** leaves */ k[3]: star(hub)");
}

#[test]
fn a_hub_may_be_one_of_a_group() {
    accept("k[4]; leaves[3]: star(k[0]); star(k[1..2], k[2..4]); v[dyn 1]; star(v, leaves)");
}

#[test]
fn groups_may_share_links_by_overlap() {
    accept("k[4]: clique + ring; line(k[0..2]); ring(k[0..3])");
}

#[test]
fn fragments_of_other_macros_are_read_as_what_they_hold() {
    use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
    let invisible = |source: &str| {
        TokenStream::from(TokenTree::Group(Group::new(Delimiter::None, source.parse().expect("these are tokens"))))
    };
    let (count, index, range, name) = (invisible("4"), invisible("3"), invisible("1..3"), invisible("a"));
    let source = quote::quote!(a = #name; k[#count]: ring; connect(#name, k[#index]); star(k[0], k[#range]));
    assert!(crate::analyse(source).1.is_empty());
    let (zero, out) = (invisible("0"), invisible("4"));
    let source = quote::quote!(a; z[#zero]; k[#count]; connect(a, k[#out]));
    assert_eq!(crate::analyse(source).1.len(), 2);
}

#[test]
fn groups_have_the_names_of_shapes() {
    accept(
        "ring[dyn nodes]: ring; tree[A * B]: tree(2); line[N as usize]: line; connect[N]; star[5]: star(grid); grid",
    );
    accept("ring[2] { a; line[dyn a.len()]: star(a) }: connect(star); star { hub; tree[M - 1]: star(hub) }");
}
