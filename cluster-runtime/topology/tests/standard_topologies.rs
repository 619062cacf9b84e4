//! Trees, grids, tori, hypercubes and wheels: their pairs, their sizes, and what other libraries make of them.

mod support;

use cluster_topology::{self as topology, ShapeError, index};
use petgraph::algo::is_isomorphic;
use rustworkx_core::generators::{full_rary_tree_graph, grid_graph, star_graph};
use support::{Graph, degrees, diameter, edges, graph, is_connected};

#[test]
fn a_tree_pairs_every_node_with_its_parent() -> Result<(), ShapeError> {
    for count in 2..60 {
        for arity in 1..9 {
            let expected: Vec<_> = (1..count).map(|child| ((child - 1) / arity, child)).collect();
            assert_eq!(index::tree(count, arity)?.collect::<Vec<_>>(), expected, "{count} nodes, arity {arity}");
        }
    }
    Ok(())
}

#[test]
fn a_tree_is_the_one_of_rustworkx() -> Result<(), ShapeError> {
    for count in 2..40 {
        for arity in 1..6 {
            let oracle: Graph = full_rary_tree_graph(arity, count, None, || (), || ()).expect("there is such a tree");
            let tree = graph(count, index::tree(count, arity)?);
            assert_eq!(edges(&tree), edges(&oracle), "{count} nodes, arity {arity}");
            assert!(is_connected(&tree));
        }
    }
    Ok(())
}

#[test]
fn a_tree_of_arity_1_is_a_line_and_of_the_greatest_a_star() -> Result<(), ShapeError> {
    assert!(index::tree(9, 1)?.eq(index::line(9)));
    assert!(index::tree(9, 8)?.eq(index::star(8).map(|(hub, other)| (hub, other + 1))));
    assert!(index::tree(9, usize::MAX)?.eq(index::tree(9, 8)?));
    Ok(())
}

#[test]
fn a_grid_is_the_one_of_rustworkx() -> Result<(), ShapeError> {
    for rows in 1..9 {
        for columns in 1..9 {
            if rows * columns < 2 {
                continue;
            }
            let oracle: Graph =
                grid_graph(Some(rows), Some(columns), None, || (), || (), false).expect("there is such a grid");
            let grid = graph(rows * columns, index::grid(rows * columns, columns)?);
            assert_eq!(edges(&grid), edges(&oracle), "{rows} by {columns}");
            assert_eq!(diameter(&grid), Some(rows + columns - 2), "{rows} by {columns}");
        }
    }
    Ok(())
}

#[test]
fn a_grid_of_one_row_or_one_column_is_a_line() -> Result<(), ShapeError> {
    assert!(index::grid(7, 7)?.eq(index::line(7)));
    assert!(index::grid(7, 1)?.eq(index::line(7)));
    Ok(())
}

#[test]
fn a_torus_has_four_neighbours_everywhere_and_half_the_diameter_of_its_sides() -> Result<(), ShapeError> {
    for rows in 3..9 {
        for columns in 3..9 {
            let torus = graph(rows * columns, index::torus(rows * columns, columns)?);
            assert_eq!(torus.edge_count(), 2 * rows * columns, "{rows} by {columns}");
            assert!(degrees(&torus).iter().all(|degree| *degree == 4), "{rows} by {columns}");
            assert_eq!(diameter(&torus), Some(rows / 2 + columns / 2), "{rows} by {columns}");
        }
    }
    Ok(())
}

#[test]
fn a_torus_is_a_grid_whose_sides_are_joined() -> Result<(), ShapeError> {
    let (rows, columns) = (4, 5);
    let rows_joined = (0..rows).map(|row| (row * columns, row * columns + columns - 1));
    let columns_joined = (0..columns).map(|column| (column, (rows - 1) * columns + column));
    let joined = graph(20, index::grid(20, columns)?.chain(rows_joined).chain(columns_joined));
    assert_eq!(edges(&graph(20, index::torus(20, columns)?)), edges(&joined));
    Ok(())
}

#[test]
fn a_torus_of_four_by_four_is_the_hypercube_of_sixteen() -> Result<(), ShapeError> {
    let (torus, hypercube) = (graph(16, index::torus(16, 4)?), graph(16, index::hypercube(16)?));
    assert!(is_isomorphic(&torus, &hypercube));
    Ok(())
}

#[test]
fn a_hypercube_links_what_differs_in_one_digit() -> Result<(), ShapeError> {
    for dimensions in 1..9_usize {
        let count = 1 << dimensions;
        let cube = graph(count, index::hypercube(count)?);
        assert_eq!(cube.edge_count(), dimensions * count / 2);
        assert!(index::hypercube(count)?.all(|(a, b)| a < b && (a ^ b).is_power_of_two()));
        assert!(degrees(&cube).iter().all(|degree| *degree == dimensions));
        assert_eq!(diameter(&cube), Some(dimensions));
    }
    Ok(())
}

#[test]
fn a_wheel_is_a_star_of_rustworkx_and_a_ring() -> Result<(), ShapeError> {
    for count in 4..30 {
        let wheel = graph(count, index::wheel(count)?);
        let mut oracle: Graph =
            star_graph(Some(count), None, || (), || (), false, false).expect("there is such a star");
        let nodes: Vec<_> = oracle.node_indices().collect();
        for other in 1..count {
            let next = if other + 1 < count { other + 1 } else { 1 };
            oracle.add_edge(nodes[other], nodes[next], ());
        }
        assert_eq!(edges(&wheel), edges(&oracle), "{count} nodes");
        assert_eq!(diameter(&wheel), Some(if count == 4 { 1 } else { 2 }), "{count} nodes");
    }
    Ok(())
}

#[test]
fn sizes_that_do_not_fit_are_refused_in_words() {
    let refused = [
        (index::tree(5, 0).map(drop), "the `arity` of a `tree` is at least 1, found 0"),
        (index::tree(1, 2).map(drop), "a `tree` has at least 2 nodes, found 1"),
        (index::grid(6, 0).map(drop), "the `columns` of a `grid` is at least 1, found 0"),
        (index::grid(1, 1).map(drop), "a `grid` has at least 2 nodes, found 1"),
        (
            index::grid(10, 3).map(drop),
            "a `grid` has full rows, found 10 nodes in 3 columns: 9 or 12 nodes are full rows",
        ),
        (index::grid(2, 3).map(drop), "a `grid` has full rows, found 2 nodes in 3 columns: 3 nodes are one row"),
        (index::torus(9, 0).map(drop), "a `torus` has at least 3 rows and 3 columns, found 0 by 0"),
        (index::torus(10, 2).map(drop), "a `torus` has at least 3 rows and 3 columns, found 5 by 2"),
        (index::torus(6, 3).map(drop), "a `torus` has at least 3 rows and 3 columns, found 2 by 3"),
        (
            index::torus(13, 4).map(drop),
            "a `torus` has full rows, found 13 nodes in 4 columns: 12 or 16 nodes are full rows",
        ),
        (index::hypercube(1).map(drop), "a `hypercube` has at least 2 nodes, found 1"),
        (index::hypercube(6).map(drop), "a `hypercube` has 2, 4, 8, .. nodes, a power of two, found 6"),
        (index::wheel(3).map(drop), "a `wheel` has at least 4 nodes, found 3"),
    ];
    for (result, expected) in refused {
        let error = result.expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn an_error_names_the_parameter_at_fault() {
    let at_fault = |result: Result<(), ShapeError>| result.err().and_then(|error| error.parameter());
    assert_eq!(at_fault(index::tree(5, 0).map(drop)), Some("arity"));
    assert_eq!(at_fault(index::tree(1, 2).map(drop)), None);
    assert_eq!(at_fault(index::grid(10, 3).map(drop)), Some("columns"));
    assert_eq!(at_fault(index::torus(10, 2).map(drop)), Some("columns"));
    assert_eq!(at_fault(index::torus(6, 3).map(drop)), None);
    assert_eq!(at_fault(index::hypercube(6).map(drop)), None);
}

#[test]
fn slices_are_looked_up() -> Result<(), ShapeError> {
    let items: Vec<usize> = (100..116).collect();
    let looked_up = |pairs: Vec<(usize, usize)>| pairs.into_iter().map(|(a, b)| (a + 100, b + 100)).collect::<Vec<_>>();
    let copied = |(a, b): (&usize, &usize)| (*a, *b);
    assert_eq!(topology::tree(&items, 3)?.map(copied).collect::<Vec<_>>(), looked_up(index::tree(16, 3)?.collect()));
    assert_eq!(topology::grid(&items, 4)?.map(copied).collect::<Vec<_>>(), looked_up(index::grid(16, 4)?.collect()));
    assert_eq!(topology::torus(&items, 4)?.map(copied).collect::<Vec<_>>(), looked_up(index::torus(16, 4)?.collect()));
    assert_eq!(
        topology::hypercube(&items)?.map(copied).collect::<Vec<_>>(),
        looked_up(index::hypercube(16)?.collect())
    );
    assert_eq!(topology::wheel(&items)?.map(copied).collect::<Vec<_>>(), looked_up(index::wheel(16)?.collect()));
    Ok(())
}
