use crate::shape_error::ShapeError;

const NAME: &str = "grid";

/// The indices below `count` in rows of `columns`, each with the next one in its row and in its column: first the
/// rows, then the columns.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::grid(6, 3)?.eq([(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn grid(count: usize, columns: usize) -> Result<impl Iterator<Item = (usize, usize)>, ShapeError> {
    check(count, columns)?;
    let rows = (0..count).step_by(columns);
    let in_rows = rows.flat_map(move |start| (start + 1..start + columns).map(|right| (right - 1, right)));
    let in_columns = (columns..count).map(move |lower| (lower - columns, lower));
    Ok(in_rows.chain(in_columns))
}

pub(crate) fn check(count: usize, columns: usize) -> Result<(), ShapeError> {
    if columns == 0 {
        return Err(ShapeError::TooSmall { shape: NAME, parameter: "columns", least: 1, found: columns });
    }
    if count < 2 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 2, count });
    }
    if !count.is_multiple_of(columns) {
        return Err(ShapeError::PartialRow { shape: NAME, columns, count });
    }
    Ok(())
}
