//! The rules and pairs of the standard topologies as values.

use cluster_topology::{Family, ShapeError, index};

#[test]
fn pairs_are_those_of_the_index_functions() -> Result<(), ShapeError> {
    let (seed, connected) = (Some(3), false);
    assert!(Family::Tree { arity: 3 }.pairs(16)?.eq(index::tree(16, 3)?));
    assert!(Family::Grid { columns: 8 }.pairs(16)?.eq(index::grid(16, 8)?));
    assert!(Family::Torus { columns: 4 }.pairs(16)?.eq(index::torus(16, 4)?));
    assert!(Family::Hypercube.pairs(16)?.eq(index::hypercube(16)?));
    assert!(Family::Wheel.pairs(16)?.eq(index::wheel(16)?));
    let regular = Family::RandomRegular { degree: 3, seed, connected };
    assert!(regular.pairs(16)?.eq(index::random_regular(16, 3, 3)?));
    assert!(Family::Gnp { probability: 0.2, seed, connected }.pairs(16)?.eq(index::gnp(16, 0.2, 3)?));
    let world = Family::SmallWorld { neighbours: 4, probability: 0.2, seed, connected };
    assert!(world.pairs(16)?.eq(index::small_world(16, 4, 0.2, 3)?));
    assert!(Family::ScaleFree { links: 2, seed, connected }.pairs(16)?.eq(index::scale_free(16, 2, 3)?));
    let whole = Family::Gnp { probability: 0.2, seed, connected: true }.pairs(16)?;
    assert!(whole.eq(index::Draw::connected(index::gnp(16, 0.2, 3)?)?));
    Ok(())
}

#[test]
fn a_rule_is_checked_without_a_seed_and_pairs_need_one() {
    let unseeded = Family::Gnp { probability: 0.2, seed: None, connected: false };
    assert_eq!(unseeded.check(16), Ok(()));
    let error = unseeded.pairs(16).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("a `gnp` takes `seed`, found none: write `seed = ..`"));
}

#[test]
fn the_check_refuses_what_the_pairs_refuse() {
    let (seed, connected) = (Some(1), false);
    for value in 0..12 {
        let families = [
            Family::Tree { arity: value },
            Family::Grid { columns: value },
            Family::Torus { columns: value },
            Family::Hypercube,
            Family::Wheel,
            Family::RandomRegular { degree: value, seed, connected },
            Family::Gnp { probability: 0.1, seed, connected },
            Family::SmallWorld { neighbours: value, probability: 0.1, seed, connected },
            Family::ScaleFree { links: value, seed, connected },
        ];
        for (family, count) in families.iter().flat_map(|family| (0..20).map(move |count| (family, count))) {
            assert_eq!(family.check(count), family.pairs(count).map(drop), "{family:?} of {count}");
        }
    }
}

#[test]
fn what_can_never_be_connected_is_refused_before_it_is_drawn() {
    let impossible = Family::Gnp { probability: 0.0, seed: None, connected: true };
    let error = impossible.check(16).expect_err("there are no links");
    assert_eq!(error.parameter(), Some("probability"));
    let pairs = Family::RandomRegular { degree: 1, seed: None, connected: true };
    assert!(pairs.check(16).is_err());
    assert!(pairs.check(2).is_ok(), "a single pair is connected");
}
