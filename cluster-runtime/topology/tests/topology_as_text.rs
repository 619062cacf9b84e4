//! Topologies as lists and drawings.

use cluster_topology::{LinkError, Topology};

fn mixed() -> Result<Topology, LinkError> {
    let mut topology = Topology::new(["center", "leaves.1", "leaves.2", "alone"]);
    topology.link(0, 1)?;
    topology.link_one_way(2, 0)?;
    Ok(topology)
}

fn named(name: &str) -> Topology {
    Topology::new([name])
}

#[test]
fn a_list_marks_the_direction_at_both_ends() -> Result<(), LinkError> {
    assert_eq!(
        mixed()?.to_string(),
        "4 nodes, 2 links\n\
         center    2: leaves.1, <- leaves.2\n\
         leaves.1  1: center\n\
         leaves.2  1: -> center\n\
         alone     0\n"
    );
    Ok(())
}

#[test]
fn a_list_counts_one_as_one_and_none_as_none() {
    assert_eq!(named("a").to_string(), "1 node, 0 links\na  0\n");
    assert_eq!(Topology::new([""; 0]).to_string(), "0 nodes, 0 links\n");
}

#[test]
fn dot_draws_symmetric_links_as_a_graph() -> Result<(), LinkError> {
    let mut topology = Topology::new(["a", "b"]);
    topology.link(0, 1)?;
    let expected = "graph {\n  n0 [label=\"a\"];\n  n1 [label=\"b\"];\n  n0 -- n1;\n}\n";
    assert_eq!(topology.to_dot(), expected);
    Ok(())
}

#[test]
fn dot_draws_one_way_links_as_arrows_and_the_others_as_lines() -> Result<(), LinkError> {
    let dot = mixed()?.to_dot();
    assert!(dot.starts_with("digraph {\n"), "{dot}");
    assert!(dot.contains("  n0 -> n1 [dir=none];\n"), "{dot}");
    assert!(dot.contains("  n2 -> n0;\n"), "{dot}");
    Ok(())
}

#[test]
fn dot_quotes_what_means_something_to_it() {
    let dot = named("a\"b\\c\nd&lt;\0").to_dot();
    assert!(dot.contains(r#"[label="a\"b\\c\nd&amp;lt;�"];"#), "{dot}");
}

#[test]
fn mermaid_draws_one_way_links_as_arrows_and_the_others_as_lines() -> Result<(), LinkError> {
    let mermaid = mixed()?.to_mermaid();
    assert!(mermaid.starts_with("flowchart LR\n"), "{mermaid}");
    assert!(mermaid.contains("  n1[\"leaves.1\"]\n"), "{mermaid}");
    assert!(mermaid.contains("  n0 --- n1\n"), "{mermaid}");
    assert!(mermaid.contains("  n2 --> n0\n"), "{mermaid}");
    Ok(())
}

#[test]
fn mermaid_writes_what_means_something_to_it_as_entities() {
    let mermaid = named("a\"b #1;`<i>\n").to_mermaid();
    assert!(mermaid.contains("[\"a#34;b#32;#35;1#59;#96;#60;i#62;#10;\"]"), "{mermaid}");
    let mermaid = named("nœud_é-1.2").to_mermaid();
    assert!(mermaid.contains("[\"nœud_é-1.2\"]"), "{mermaid}");
}

#[test]
fn a_name_that_is_empty_is_still_drawn() {
    assert!(named("").to_mermaid().contains("n0[\"#32;\"]"));
    assert!(named("").to_dot().contains("n0 [label=\"\"];"));
}

#[test]
fn a_list_is_the_same_in_whichever_order_the_links_were_made() -> Result<(), LinkError> {
    let mut backwards = Topology::new(["center", "leaves.1", "leaves.2", "alone"]);
    backwards.link_one_way(2, 0)?;
    backwards.link(1, 0)?;
    assert_eq!(backwards.to_string(), mixed()?.to_string());
    Ok(())
}

#[test]
fn a_missing_link_is_a_diff_of_the_lines_of_its_two_ends() -> Result<(), LinkError> {
    let mut all = mixed()?;
    let before = all.to_string();
    all.link(1, 3)?;
    let after = all.to_string();
    let changed: Vec<_> = before.lines().zip(after.lines()).filter(|(a, b)| a != b).map(|(_, b)| b).collect();
    assert_eq!(changed, ["4 nodes, 3 links", "leaves.1  2: center, alone", "alone     1: leaves.1"]);
    Ok(())
}
