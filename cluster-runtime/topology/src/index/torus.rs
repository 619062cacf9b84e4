use crate::shape_error::ShapeError;

const NAME: &str = "torus";

/// The indices below `count` in rows of `columns`, each row and each column a ring: first the rows, then the columns.
///
/// ```
/// # use cluster_topology::index;
/// let torus: Vec<_> = index::torus(9, 3)?.collect();
/// assert_eq!(torus.len(), 18);
/// assert_eq!(torus[..3], [(0, 1), (1, 2), (2, 0)]);
/// assert_eq!(torus[17], (8, 2));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn torus(count: usize, columns: usize) -> Result<impl Iterator<Item = (usize, usize)>, ShapeError> {
    check(count, columns)?;
    let rows = (0..count).step_by(columns);
    let in_rows = rows.flat_map(move |start| {
        let end = start + columns;
        (start..end).map(move |left| (left, if left + 1 < end { left + 1 } else { start }))
    });
    let in_columns = (columns..count).map(move |lower| (lower - columns, lower));
    let closing = (0..columns).map(move |first| (count - columns + first, first));
    Ok(in_rows.chain(in_columns).chain(closing))
}

pub(crate) fn check(count: usize, columns: usize) -> Result<(), ShapeError> {
    let rows = count.checked_div(columns).unwrap_or(0);
    if columns < 3 {
        return Err(ShapeError::SmallTorus { rows, columns });
    }
    if !count.is_multiple_of(columns) {
        return Err(ShapeError::PartialRow { shape: NAME, columns, count });
    }
    if rows < 3 {
        return Err(ShapeError::SmallTorus { rows, columns });
    }
    Ok(())
}
