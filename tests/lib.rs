//! Tests of whole clusters; see `tests/`.
