//! A fault or a condition is believed when a probe has run into it.

mod links;
mod placed;

pub(crate) use links::{descriptors, passes, prove, prove_declared};
pub(crate) use placed::{passes_at_place, prove_at_place};
