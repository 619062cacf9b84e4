//! What the language says of the shapes.

use std::collections::HashSet;

use cluster_topology::Shape;

#[test]
fn every_shape_is_found_by_its_name_and_by_no_other() {
    for shape in Shape::ALL {
        assert_eq!(Shape::named(shape.name()), Some(shape));
    }
    for name in ["", "Clique", "cliques", "mesh"] {
        assert_eq!(Shape::named(name), None, "{name:?}");
    }
}

#[test]
fn names_differ() {
    let names: HashSet<_> = Shape::ALL.into_iter().map(Shape::name).collect();
    assert_eq!(names.len(), Shape::ALL.len());
}

#[test]
fn forms_begin_with_the_name_and_show_the_sets_that_are_taken() {
    for shape in Shape::ALL {
        let (declaration, statement) = (shape.declaration_form(), shape.statement_form());
        assert!(declaration.starts_with(shape.name()), "{declaration}");
        assert_eq!(sets(declaration), shape.declaration_sets(), "{declaration}");
        assert!(statement.starts_with(shape.name()), "{statement}");
        assert!(shape.statement_sets().contains(&sets(statement)), "{statement}");
    }
}

fn sets(form: &str) -> usize {
    match form.split_once('(') {
        Some((_, sets)) => sets.split(',').count(),
        None => 0,
    }
}

#[test]
fn the_least_counts_are_those_of_the_language() {
    let least = Shape::ALL.map(|shape| (shape.name(), shape.least()));
    assert_eq!(least, [("clique", 2), ("ring", 3), ("line", 2), ("star", 1), ("connect", 1)]);
}
