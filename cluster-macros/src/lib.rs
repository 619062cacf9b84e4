//! The `cluster!` macro.
