//! The editor inserts a name at the cursor, and completes it where it then is in the expansion.

use super::tokens;

const INSERTED: &str = "intellijRulezz";

fn expand(source: &str) -> String {
    crate::cluster(tokens(&format!("runtime {source}")), |_| {}).to_string()
}

/// What is before the name at the cursor, `|`, in the function for the editor.
#[track_caller]
fn before_cursor(source: &str) -> String {
    let (without, with) = (expand(&source.replace('|', "")), expand(&source.replace('|', INSERTED)));
    let end = with.find(INSERTED).unwrap_or_else(|| panic!("the name is in {with}"));
    let written = with[..end].rfind(' ').map_or(0, |space| space + 1);
    let before = &with[..written];
    assert!(
        before.contains("# [cfg (rust_analyzer)] fn complete"),
        "it comes first in the function of the editor: {with}"
    );
    assert!(without.starts_with(before), "without the name there is the same before it: {before}\nin {without}");
    before.rsplit_once("let _ = ").expect("it is a statement").1.to_owned()
}

#[test]
fn half_written_nodes_are_fields() {
    for source in [
        "center; leaves[5]: star(ce|)",
        "center; leaves[5]: star(|)",
        "center; leaves[5]; connect(center, le|)",
        "center; leaves[5]; connect(center, |)",
        "center; leaves[5]; connect(|, center)",
        "center; leaves[5]; ce| -> leaves",
        "center; connect(center, x, ce|)",
        "center; k[4]: ring(latency = 40) + star(ce|)",
    ] {
        let before = before_cursor(source);
        assert!(before == "& net . ", "`{source}` completes after `{before}`");
    }
}

#[test]
fn half_written_members_are_fields_of_an_instance() {
    for (source, expected) in [
        ("a; r[3] { gw }; connect(r[0].g|, a)", "& net . r [0] . "),
        ("a; r[3] { gw }; connect(r[0].|, a)", "& net . r [0] . "),
        ("a; r[3] { gw }; r.|", "& net . r [0] . "),
        ("a; r { east[2] { gw } }; r.east.g| -> a", "& net . r . east [0] . "),
        ("r[3] { gw; n[4]: star(g|) }: ring", "& net . r [0] . "),
    ] {
        assert_eq!(before_cursor(source), expected, "`{source}`");
    }
}

#[test]
fn half_written_words_are_in_a_module_of_their_own() {
    for (source, expected) in [
        ("a; k[4]: st|", "runtime :: __private :: words :: shapes :: "),
        ("a; k[4]: |", "runtime :: __private :: words :: shapes :: "),
        ("a; k[4]: ring + |", "runtime :: __private :: words :: shapes :: "),
        ("a; k[4]; con| connect(a, k)", "runtime :: __private :: words :: statements :: "),
        ("a; k[4]; con|(a, k)", "runtime :: __private :: words :: statements :: "),
        ("a; k[4]; require con|", "runtime :: __private :: words :: requirements :: "),
    ] {
        assert_eq!(before_cursor(source), expected, "`{source}`");
    }
}

#[test]
fn a_half_written_kind_is_a_value_of_the_parameters() {
    let expansion = expand("struct Net(kind: Loopback); use ki; a");
    assert!(expansion.contains("fn complete (net : & Net , kind : Loopback) { let _ = ki ;"), "{expansion}");
}

#[test]
fn a_half_written_method_of_a_kind_is_after_the_same_kind() {
    let (without, with) = (expand("k[4] = Kind::new().: ring"), expand("k[4] = Kind::new().pri: ring"));
    let (before, _) = with.split_once(" . pri").expect("it is a field access");
    assert!(before.ends_with("Kind :: new ()") && without.starts_with(before), "{without}");
}

#[test]
fn a_half_written_count_is_a_vector() {
    assert!(expand("k[dyn ]: ring").contains("pub k : :: std :: vec :: Vec <"));
}

#[test]
fn a_mistake_without_a_half_written_name_leaves_the_function_of_the_editor_as_it_is() {
    let function = |count: &str| {
        let expansion = expand(&format!("struct Net(n: usize); boot; peers[dyn {count}]: ring + star(boot)"));
        expansion.split_once("struct Net").expect("the struct comes after the function").0.to_owned()
    };
    assert_eq!(function(""), function(INSERTED), "the editor finds the count at the same place in both");
}

#[test]
fn the_compiler_sees_no_half_written_name() {
    let expansion = expand("center; connect(center, cen)");
    assert_eq!(expansion.matches("net . cen ").count(), 1, "{expansion}");
}
