//! What a node is, and how it is brought up, watched and stopped.

mod erased;
#[allow(clippy::module_inception, reason = "the trait is the heart of its module")]
mod kind;
mod profile;
mod speaks;

pub use kind::Kind;
pub use profile::Profile;
pub use speaks::Speaks;

pub(crate) use erased::ErasedKind;
