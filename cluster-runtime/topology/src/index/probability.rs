use crate::shape_error::ShapeError;

/// Whether a probability is one.
pub(super) fn check(shape: &'static str, found: f64) -> Result<(), ShapeError> {
    if (0.0..=1.0).contains(&found) { Ok(()) } else { Err(ShapeError::NotAProbability { shape, found }) }
}
