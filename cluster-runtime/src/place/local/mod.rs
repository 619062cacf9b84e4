//! This machine.

mod address;
mod attend;
mod child_signal;
mod connections;
mod descriptors;
mod directory;
mod file;
mod host;
mod launch;
mod leaders;
mod line_file;
mod log_file;
mod mark;
mod occupant;
mod pipe;
mod program;
mod reports;
mod rerun;
mod root;
mod running;
mod spot;
mod suspend;
mod sweep;
mod terminal;
mod termination;
mod thread;
mod watchdog;
mod worker;

use std::io;

use super::{Descriptors, Place, Spot, Wanted};

pub(crate) use file::{remove as remove_file, write as write_file};
pub(crate) use line_file::{LineFile, move_file};
pub(crate) use mark::{Mark, Marks};
pub(crate) use reports::{is_test_target, link_directory, new_report_directory};
pub(crate) use rerun::{die_with_parent, rerun};
pub(crate) use running::{Group, Running};
pub(crate) use terminal::{is_watched, write_over};
pub(crate) use termination::{before_termination, is_test, write_uncaptured};
pub(crate) use thread::{Activity, Thread};

/// This machine: addresses on loopback, directories below cargo's, and processes of the system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local;

impl Place for Local {
    fn spot(&self, wanted: Wanted) -> Box<dyn Spot> {
        Box::new(spot::LocalSpot::new(wanted))
    }

    fn check(&self, program: &str) -> io::Result<()> {
        program::check(program)
    }

    fn descriptors(&self) -> Option<Descriptors> {
        descriptors::descriptors()
    }
}
