//! What one can ask of a topology. Direction never matters: the ends of a one-way link know and admit each other.

mod distance;
mod neighbourhood;
