//! What one can ask of a topology. Direction never matters: the ends of a one-way link know and admit each other.

mod component;
mod distance;
mod failure;
mod neighbourhood;

pub use distance::Distance;
pub use failure::Cut;
