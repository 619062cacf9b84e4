//! A schedule of faults, drawn from a seed.

mod act;
mod acting;
mod attempt;
mod check;
mod down;
mod draw;
mod field;
mod ongoing;
mod ran;
mod run;
mod run_id;
mod schedule;
mod script;
mod shrink;
mod sort;
mod step;
mod step_json;
mod workload;

pub use act::Act;
pub use ongoing::Ongoing;
pub use ran::{Done, Ran};
pub use schedule::Plan;
pub use step::Step;
