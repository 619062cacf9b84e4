//! Help that is followed gives the program that was meant.

use std::ops::Range;

use proc_macro2::TokenTree;

use super::tokens;
use crate::network::Network;

/// The sources that following the first help gives: in place of the tokens at fault, of their whole statement, or of the
/// statement that the error shows beside it.
fn follow(source: &str) -> Vec<String> {
    let error = mistakes(source).into_iter().flatten().next().unwrap_or_else(|| panic!("`{source}` has no mistake"));
    let message = error.to_string();
    let code = quoted(&message).unwrap_or_else(|| panic!("no code in the help: {message}"));
    apply(source, error, code)
}

/// `None` if the source is not even tokens.
fn mistakes(source: &str) -> Option<Vec<syn::Error>> {
    let (_, errors) = crate::analyse(source.parse().ok()?);
    Some(errors.into_parts().0)
}

/// The code that the help of a message begins with, which is nothing where it says to remove something. Other code in it
/// is an example.
fn quoted(message: &str) -> Option<&str> {
    let (_, help) = message.split_once("help: ")?;
    if help.starts_with("remove it") {
        return Some("");
    }
    help.strip_prefix("did you mean ").unwrap_or(help).strip_prefix('`')?.split('`').next()
}

/// The statement around `token`, in the same brackets.
fn statement(source: &str, token: &Range<usize>) -> Range<usize> {
    let length = |letters: &mut dyn Iterator<Item = char>, [opening, closing]: [&str; 2]| {
        let mut depth = 0;
        let inside = letters.take_while(|letter| {
            depth += i32::from(opening.contains(*letter)) - i32::from(closing.contains(*letter));
            depth >= 0 && (*letter != ';' || depth > 0)
        });
        inside.map(char::len_utf8).sum::<usize>()
    };
    let before = length(&mut source[..token.start].chars().rev(), [")]}", "([{"]);
    let after = length(&mut source[token.end..].chars(), ["([{", ")]}"]);
    token.start - before..token.end + after
}

fn apply(source: &str, error: syn::Error, code: &str) -> Vec<String> {
    let spans: Vec<Range<usize>> = error.into_iter().map(|error| error.span().byte_range()).collect();
    let token = &spans[0];
    let inner = statement(source, token);
    let outer = statement(source, &(inner.start.saturating_sub(1)..(inner.end + 1).min(source.len())));
    let replace = |range: Range<usize>| format!("{} {code} {}", &source[..range.start], &source[range.end..]);
    let mut followed: Vec<String> = [token.clone(), inner.clone(), outer].map(replace).into();
    if code.is_empty() {
        followed.push(format!("{}{}", &source[..inner.start], source[inner.end..].trim_start_matches(';')));
    }
    if code.starts_with('[') {
        // Brackets around the tokens are in the help too.
        followed.push(replace(token.start.saturating_sub(1)..(token.end + 1).min(source.len())));
    }
    if let [again, first] = spans.as_slice() {
        let (again, first) = (statement(source, again), statement(source, first));
        let (early, late) = if first.start < again.start { (first, again) } else { (again, first) };
        followed.push(format!(
            "{} {code} {}{}",
            &source[..early.start],
            &source[early.end..late.start - 1],
            &source[late.end..]
        ));
    }
    followed
}

/// The network of a source without mistakes, as text.
fn network(source: &str) -> Option<String> {
    let (analysis, errors) = crate::analyse(tokens(source));
    let analysis = analysis.filter(|_| errors.is_empty())?;
    let topology = Network::new(&analysis.model)?.into_topology();
    let links = topology.links().map(|link| link.to_string()).collect::<Vec<_>>();
    Some(format!("{:?} {links:?}", topology.nodes().collect::<Vec<_>>()))
}

#[test]
fn help_that_is_followed_gives_the_program_that_was_meant() {
    for (source, meant) in [
        ("k[4] = ring", "k[4]: ring"),
        ("k = ring(4)", "k[4]: ring"),
        ("a; k[4] = star(a)", "a; k[4]: star(a)"),
        ("k: ring[5]", "k[5]: ring"),
        ("ring: leaves[3]", "leaves[3]: ring"),
        ("k: 5", "k[5]"),
        ("k[1..=3]", "k[3]"),
        ("k[_; 5]", "k[5]"),
        ("k[4k]: ring", "k[4]: ring"),
        ("k[9]: grid(3x3)", "k[9]: grid(3)"),
        ("k[-3]", "k[3]"),
        ("k[2.5]", "k[2]"),
        ("k(4)", "k[4]"),
        ("k{4}", "k[4]"),
        ("a [label=\"A\"]; b", "a; b"),
        ("leaves[3]: ring; leaves: star(c); c", "leaves[3]: ring + star(c); c"),
        ("k[1..=3]: ring", "k[3]: ring"),
        ("k[_; 5]: ring", "k[5]: ring"),
        ("k 4", "k[4]"),
        ("clique(4)", "k[4]: clique"),
        ("k[4]: mesh", "k[4]: clique"),
        ("k[9]: lattice(3)", "k[9]: grid(3)"),
        ("leaf[2]; a; connect(leaves, a)", "leaf[2]; a; connect(leaf, a)"),
        ("a; b; a: b", "a; b; connect(a, b)"),
        ("a: b; a; b", "a; b; connect(a, b)"),
        ("a; b; c; a: b + c", "a; b; c; connect(a, [b, c])"),
        ("leaf-node[3]: ring", "leaf_node[3]: ring"),
        ("leaf_node; a; connect(leaf-node, a)", "leaf_node; a; connect(leaf_node, a)"),
        ("a; b; connect(a -> b)", "a; b; connect(a, b)"),
        ("a; b; connect a to b", "a; b; connect(a, b)"),
        ("a; b; connect a -> b", "a; b; connect(a, b)"),
        ("a; b; c; a -> {b c}", "a; b; c; a -> [b, c]"),
        ("a; b; c; connect({a, b}, c)", "a; b; c; connect([a, b], c)"),
        ("a; b; c; ring [a; b; c]", "a; b; c; ring(a, b, c)"),
        ("a; b; connect!(a, b)", "a; b; connect(a, b)"),
        ("a; b; a.link(b)", "a; b; connect(a, b)"),
        ("a; k[3]: star a", "a; k[3]: star(a)"),
        ("k[9]: grid 3", "k[9]: grid(3)"),
        ("a; k[3]: star(a) ring", "a; k[3]: star(a) + ring"),
        ("k[9]; grid(k, 3)", "k[9]; grid(k, columns = 3)"),
        ("k[9]: grid(cols = 3)", "k[9]: grid(columns = 3)"),
        ("k[9]: grid(columns == 3)", "k[9]: grid(columns = 3)"),
        ("k[9]: grid(columns 3)", "k[9]: grid(columns = 3)"),
        ("r[2] { n }; a; r.1.n -> a", "r[2] { n }; a; r[0].n -> a"),
        ("r { n }; a; r::n -> a", "r { n }; a; r.n -> a"),
        ("a; b; net.a -> b", "a; b; a -> b"),
        ("region[3] { gw; n: star(region.gw) }", "region[3] { gw; n: star(gw) }"),
        ("k[4]; a; connect(*k, a)", "k[4]; a; connect(k, a)"),
        ("let a; b", "a; b"),
        ("let k[3]: ring", "k[3]: ring"),
        ("pub(crate) k[3]: ring", "k[3]: ring"),
        ("subgraph s { a; b }", "s { a; b }"),
        ("region[3] { a; b } ring", "region[3] { a; b }: ring"),
        ("graph TD; a", "a"),
        ("graph TD\na; b", "a; b"),
        ("a; b; connect(a, b).await", "a; b; connect(a, b)"),
        ("a; b; a -> b [label=\"x\"]", "a; b; a -> b"),
        ("a; b; a -> b [latency = 40ms]", "a; b; a -> b"),
        ("a; b; connect(a, b) latency = 40ms", "a; b; connect(a, b)"),
        ("a; b; a -> b, latency = 40ms", "a; b; a -> b"),
        ("a; diameter <= 3", "a"),
        ("a; survives(0)", "a"),
        ("a; require(connected)", "a"),
        ("a; require connected and diameter <= 3", "a"),
        ("a; require diameter is 0", "a"),
        ("a; b; a ~> b", "a; b; a -> b"),
        ("a; b; a <- b", "a; b; b -> a"),
        ("a; b; a | b", "a; b; connect(a, b)"),
        ("a; b; a: b", "a; b; connect(a, b)"),
        ("a; b; a to b", "a; b; a -> b"),
        ("a; b; a -- b", "a; b; connect(a, b)"),
        ("leaf-node", "leaf_node"),
        ("a; b; connect[a, b]", "a; b; connect(a, b)"),
        ("a; b; connect{a, b}", "a; b; connect(a, b)"),
        ("a; b; connect a b", "a; b; connect(a, b)"),
        ("a; b; c; (a, b) -> c", "a; b; c; [a, b] -> c"),
        ("a; b; a.connect(b)", "a; b; connect(a, b)"),
        ("k[5]: ring(5)", "k[5]: ring"),
        ("k[5] ring", "k[5]: ring"),
        ("region[3] { a } ring", "region[3] { a }: ring"),
        ("a; k[3] star(a)", "a; k[3]: star(a)"),
        ("c; leaves[3]: ring; leaves: star(c)", "c; leaves[3]: ring + star(c)"),
        ("a: ring", "a[3]: ring"),
        ("k[2]: ring", "k[3]: ring"),
        ("c; k[2]: ring + star(c)", "c; k[3]: ring + star(c)"),
        ("c; k: ring + star(c)", "c; k[3]: ring + star(c)"),
        ("k[10]: torus(5) + ring", "k[15]: torus(5) + ring"),
        ("k: hypercube", "k[8]: hypercube"),
        ("k: grid(3)", "k[9]: grid(3)"),
        ("k[7]: hypercube", "k[8]: hypercube"),
        ("k[10]: grid(3)", "k[9]: grid(3)"),
        ("k[4]: line; require diameter < 3", "k[4]: line"),
        ("a; b; requires connected; connect(a, b)", "a; b; connect(a, b)"),
        ("a; assert diameter <= 3", "a"),
        ("a; require diameter <= 2 <= 3", "a"),
        ("a b", "a; b"),
        ("a, b", "a; b"),
        ("\"type\"; b", "r#type; b"),
        ("type; b", "r#type; b"),
        ("__a; b", "a; b"),
        ("a; b; connect(a, latency = 1ms, b)", "a; b; connect(a, b)"),
        ("k[9]: ring; grid(k, latency = 1ms, columns = 3)", "k[9]: ring; grid(k, columns = 3)"),
        ("k[3]: ring(latency = 40)", "k[3]: ring"),
        ("k[3]: ring(40ms)", "k[3]: ring"),
        ("k[3]: ring(rate = 10mbps)", "k[3]: ring"),
        ("k[3]: ring(loss = 5%)", "k[3]: ring"),
        ("k[3]: ring(latency = 40 ms)", "k[3]: ring"),
        ("k[3] ring(latency = 40ms)", "k[3]: ring"),
        ("k[3]: ring[latency = 40ms]", "k[3]: ring"),
        ("k[3] = ring(latency = 40ms)", "k[3]: ring"),
    ] {
        let meant = network(meant).unwrap_or_else(|| panic!("`{meant}` is a program"));
        let followed = follow(source);
        assert!(
            followed.iter().any(|source| network(source).as_ref() == Some(&meant)),
            "`{source}` becomes one of {followed:#?}"
        );
    }
}

/// The input of the first `cluster!` of a UI case.
fn cluster_of(file: &str) -> Option<String> {
    let mut trees = tokens(file).into_iter().flat_map(flatten);
    trees.find(|tree| matches!(tree, TokenTree::Ident(word) if word == "cluster"))?;
    let input = trees.find(|tree| matches!(tree, TokenTree::Group(_)))?.span().byte_range();
    Some(file[input.start + 1..input.end - 1].to_owned())
}

/// A tree, and all that are in it.
fn flatten(tree: TokenTree) -> Vec<TokenTree> {
    let inside = match &tree {
        TokenTree::Group(group) => group.stream().into_iter().flat_map(flatten).collect(),
        _ => Vec::new(),
    };
    [vec![tree], inside].concat()
}

#[test]
fn following_the_help_of_a_ui_case_ends_the_mistake() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/ui");
    let cases = std::fs::read_dir(folder).expect("the UI cases are beside this crate");
    let mut followed = 0;
    for path in cases.flatten().map(|case| case.path()).filter(|path| path.extension().is_some_and(|end| end == "rs")) {
        let Some(source) = cluster_of(&std::fs::read_to_string(&path).expect("a case is text")) else { continue };
        let all = mistakes(&source).expect("a case is tokens");
        let before = all.len();
        for error in all {
            let (message, place) = (error.to_string(), error.span().byte_range().start);
            let Some(code) = quoted(&message) else { continue };
            let is_left = |error: &syn::Error| error.to_string() == message && error.span().byte_range().start <= place;
            let is_followed = |source: &String| {
                mistakes(source).is_some_and(|left| left.len() <= before && !left.iter().any(is_left))
            };
            let candidates = apply(&source, error, code);
            assert!(
                candidates.iter().any(is_followed),
                "{}: {message}\nbecomes one of {candidates:#?}",
                path.display()
            );
            followed += 1;
        }
    }
    assert!(followed > 50, "only {followed} messages quote code");
}
