//! What the language says of the families, and their rules and pairs for values that are known late.

use std::collections::HashSet;

use cluster_topology::{Family, ParameterKind, Shape, ShapeError, Value, index};

#[test]
fn every_family_is_found_by_its_name_and_by_no_other() {
    for family in Family::ALL {
        assert_eq!(Family::named(family.name()), Some(family));
        assert_eq!(family.to_string(), family.name());
    }
    for name in ["", "Tree", "trees", "mesh", "ring"] {
        assert_eq!(Family::named(name), None, "{name:?}");
    }
}

#[test]
fn names_differ_from_each_other_and_from_those_of_the_shapes() {
    let families = Family::ALL.into_iter().map(Family::name);
    let names: HashSet<_> = families.chain(Shape::ALL.into_iter().map(Shape::name)).collect();
    assert_eq!(names.len(), Family::ALL.len() + Shape::ALL.len());
}

#[test]
fn forms_show_every_parameter_that_must_be_given() {
    for family in Family::ALL {
        let required: Vec<_> = required(family);
        let declaration = match required.as_slice() {
            [] => family.name().to_owned(),
            names => format!("{family}({})", names.join(", ")),
        };
        assert_eq!(family.declaration_form(), declaration);
        let statement = family.statement_form();
        assert!(statement.starts_with(&format!("{family}(k")), "{statement}");
        assert_eq!(statement.matches('=').count(), required.len(), "{statement}");
        for name in required {
            assert!(statement.contains(&format!("{name} = ")), "{statement}");
        }
    }
}

fn required(family: Family) -> Vec<&'static str> {
    let parameters = family.parameters().iter();
    parameters.filter(|parameter| parameter.kind.is_required()).map(|parameter| parameter.name).collect()
}

#[test]
fn random_families_take_a_seed_and_may_have_to_be_connected() {
    for family in Family::ALL {
        let kinds: Vec<_> = family.parameters().iter().map(|parameter| parameter.kind).collect();
        assert_eq!(kinds.contains(&ParameterKind::Seed), family.is_random(), "{family}");
        assert_eq!(kinds.contains(&ParameterKind::Flag), family.is_random(), "{family}");
    }
}

#[test]
fn pairs_are_those_of_the_index_functions() -> Result<(), ShapeError> {
    let seed = ("seed", Value::Seed(3));
    let probability = ("probability", Value::Probability(0.2));
    let connected = ("connected", Value::Flag);
    let integer = |name, value| (name, Value::Integer(value));
    assert!(Family::Tree.pairs(16, &[integer("arity", 3)])?.eq(index::tree(16, 3)?));
    assert!(Family::Grid.pairs(16, &[integer("columns", 8)])?.eq(index::grid(16, 8)?));
    assert!(Family::Torus.pairs(16, &[integer("columns", 4)])?.eq(index::torus(16, 4)?));
    assert!(Family::Hypercube.pairs(16, &[])?.eq(index::hypercube(16)?));
    assert!(Family::Wheel.pairs(16, &[])?.eq(index::wheel(16)?));
    let regular = Family::RandomRegular.pairs(16, &[seed, integer("degree", 3)])?;
    assert!(regular.eq(index::random_regular(16, 3, 3)?));
    assert!(Family::Gnp.pairs(16, &[probability, seed])?.eq(index::gnp(16, 0.2, 3)?));
    let world = Family::SmallWorld.pairs(16, &[integer("neighbours", 4), probability, seed])?;
    assert!(world.eq(index::small_world(16, 4, 0.2, 3)?));
    assert!(Family::ScaleFree.pairs(16, &[integer("links", 2), seed])?.eq(index::scale_free(16, 2, 3)?));
    let whole = Family::Gnp.pairs(16, &[connected, seed, probability])?;
    assert!(whole.eq(index::Draw::connected(index::gnp(16, 0.2, 3)?)?));
    Ok(())
}

#[test]
fn a_rule_is_checked_without_a_seed_and_pairs_need_one() {
    let probability = [("probability", Value::Probability(0.2))];
    assert_eq!(Family::Gnp.check(16, &probability), Ok(()));
    let error = Family::Gnp.pairs(16, &probability).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("a `gnp` takes `seed`, found none: write `seed = ..`"));
}

#[test]
fn the_check_refuses_what_the_pairs_refuse() {
    for count in 0..20 {
        for value in 0..12 {
            for family in Family::ALL {
                let mut arguments = Vec::new();
                for parameter in family.parameters() {
                    match parameter.kind {
                        ParameterKind::Integer => arguments.push((parameter.name, Value::Integer(value))),
                        ParameterKind::Probability => arguments.push((parameter.name, Value::Probability(0.1))),
                        ParameterKind::Seed => arguments.push((parameter.name, Value::Seed(1))),
                        ParameterKind::Flag => {}
                    }
                }
                let checked = family.check(count, &arguments);
                let made = family.pairs(count, &arguments).map(drop);
                assert_eq!(checked, made, "{family} of {count} with {arguments:?}");
            }
        }
    }
}

#[test]
fn what_can_never_be_connected_is_refused_before_it_is_drawn() {
    let impossible = [("probability", Value::Probability(0.0)), ("connected", Value::Flag)];
    let error = Family::Gnp.check(16, &impossible).expect_err("there are no links");
    assert_eq!(error.parameter(), Some("probability"));
    let pairs = [("degree", Value::Integer(1)), ("connected", Value::Flag)];
    assert!(Family::RandomRegular.check(16, &pairs).is_err());
    assert!(Family::RandomRegular.check(2, &pairs).is_ok(), "a single pair is connected");
}

#[test]
fn what_is_missing_unknown_or_of_another_kind_is_reported() {
    let message = |result: Result<(), ShapeError>| result.err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(message(Family::Grid.check(9, &[])), "a `grid` takes `columns`, found none: write `columns = ..`");
    assert_eq!(
        message(Family::Grid.check(9, &[("rows", Value::Integer(3))])),
        "a `grid` is written `grid(columns)`, found `rows`"
    );
    assert_eq!(
        message(Family::Grid.check(9, &[("columns", Value::Probability(0.3))])),
        "a `grid` is written `grid(columns)`, found `columns`"
    );
}
