//! What a node is, and how it is brought up, watched and stopped.

mod erased;
mod feature;
#[allow(clippy::module_inception, reason = "the trait is the heart of its module")]
mod kind;
mod speaks;

pub use feature::Feature;
pub use kind::Kind;
pub use speaks::Speaks;

pub(crate) use erased::ErasedKind;
