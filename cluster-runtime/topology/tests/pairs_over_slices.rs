//! Shapes over items of any types.

use cluster_topology as topology;

#[test]
fn every_shape_looks_its_items_up() {
    let items = ["a", "b", "c"];
    assert!(topology::clique(&items).eq([(&"a", &"b"), (&"a", &"c"), (&"b", &"c")]));
    assert!(topology::ring(&items).eq([(&"a", &"b"), (&"b", &"c"), (&"c", &"a")]));
    assert!(topology::line(&items).eq([(&"a", &"b"), (&"b", &"c")]));
}

#[test]
fn star_and_connect_take_two_types() {
    assert!(topology::star(&"hub", &[1, 2]).eq([(&"hub", &1), (&"hub", &2)]));
    assert!(topology::connect(&['x', 'y'], &[1]).eq([(&'x', &1), (&'y', &1)]));
}

#[test]
fn arrays_vectors_and_slices_are_taken() {
    let array = [1, 2, 3];
    let vector = vec![1, 2, 3];
    assert_eq!(topology::clique(&array).count(), 3);
    assert_eq!(topology::clique(&vector).count(), 3);
    assert_eq!(topology::clique(&vector[1..]).count(), 1);
    assert_eq!(topology::connect(&array, &vector).count(), 9);
    assert_eq!(topology::star(&vector, &array).count(), 3);
}

#[test]
fn too_few_items_have_no_pairs() {
    let none: [u8; 0] = [];
    assert_eq!(topology::clique(&none).next(), None);
    assert_eq!(topology::ring(&[1]).next(), None);
    assert_eq!(topology::line(&[1]).next(), None);
    assert_eq!(topology::star(&1, &none).next(), None);
    assert_eq!(topology::connect(&[1], &none).next(), None);
}

#[test]
fn pairs_are_sent_where_their_items_are_shared() -> Result<(), topology::ShapeError> {
    fn sent(pairs: impl Iterator + Send + Sync) -> usize {
        pairs.count()
    }
    let items = [1, 2, 3, 4];
    assert_eq!(sent(topology::clique(&items)), 6);
    assert_eq!(sent(topology::wheel(&items)?), 6);
    assert_eq!(sent(topology::random_regular(&items, 3, 1)?), 6);
    Ok(())
}

#[test]
fn a_fallible_function_ends_the_walk_at_its_first_error() {
    let mut dialled = 0;
    let result = topology::clique(&[1, 2, 3, 4]).try_for_each(|(a, b)| {
        dialled += 1;
        if a + b == 5 { Err((*a, *b)) } else { Ok(()) }
    });
    assert_eq!(result, Err((1, 4)));
    assert_eq!(dialled, 3);
}
