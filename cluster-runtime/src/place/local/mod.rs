//! This machine.

mod address;
#[cfg(feature = "process")]
mod attend;
#[cfg(feature = "process")]
mod child_signal;
mod connections;
mod descriptors;
mod directory;
mod file;
mod files;
mod forks;
#[cfg(feature = "process")]
mod group;
mod host;
#[cfg(feature = "process")]
mod launch;
#[cfg(feature = "process")]
mod leaders;
mod line_file;
mod log_file;
mod mark;
mod occupant;
#[cfg(feature = "process")]
mod pipe;
mod port;
mod program;
#[cfg_attr(not(feature = "process"), path = "programs/off.rs")]
mod programs;
mod reports;
mod rerun;
mod root;
mod scratch;
mod spot;
#[cfg(feature = "process")]
mod suspend;
#[cfg(feature = "process")]
mod sweep;
mod terminal;
mod termination;
mod thread;
mod watchdog;
mod worker;

use std::io;

use super::{Ability, BoxFuture, Place, Session, Spot, Wanted};

pub use files::LocalFiles;
pub use log_file::LogFile;
#[cfg(feature = "process")]
pub use pipe::NamedPipe;

pub(crate) use connections::{connections, has_group};
pub(crate) use descriptors::{Descriptors, descriptors};
pub(crate) use file::{read as read_file, remove as remove_file, write as write_file};
pub(crate) use line_file::{LineFile, move_file};
#[cfg(feature = "remote")]
pub(super) use {directory::as_file_name, program::check as check_program, program::refusal};
#[cfg(any(feature = "remote", all(feature = "namespaces", target_os = "linux")))]
pub(super) use {forks::forking, program::find as find_program};
#[cfg(all(feature = "namespaces", target_os = "linux"))]
pub(super) use {program::find_in as find_program_in, programs::LocalPrograms, worker::Worker};

pub(crate) use mark::{Mark, Marks};
pub(crate) use reports::{is_test_target, link_directory, new_report_directory};
pub(crate) use rerun::{LEAST_VARIABLE, SHRINK_VARIABLE, die_with_parent, rerun};
pub(crate) use scratch::scratch_file;
pub(crate) use terminal::{is_watched, write_over};
pub(crate) use termination::{before_termination, is_test, write_uncaptured};
pub(crate) use thread::{Activity, Thread};

/// This machine: addresses on loopback, directories below cargo's, and processes of the system.
#[derive(Clone, Copy, Debug)]
pub struct Local;

impl Local {
    /// A spot. It takes no resources until they are first used.
    pub(crate) fn spot(wanted: Wanted) -> Box<dyn Spot> {
        Box::new(spot::LocalSpot::new(wanted))
    }
}

impl Place for Local {
    fn name(&self) -> &'static str {
        "on this machine"
    }

    fn can(&self, ability: Ability) -> bool {
        matches!(ability, Ability::InProcess | Ability::Relays | Ability::Pause)
    }

    fn check(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn open(&self) -> BoxFuture<'_, io::Result<Box<dyn Session>>> {
        Box::pin(async { Ok(Box::new(Self) as Box<dyn Session>) })
    }

    fn check_program(&self, program: &str) -> io::Result<()> {
        program::check(program)
    }
}

impl Session for Local {
    fn admit(&self, nodes: Vec<Wanted>) -> BoxFuture<'_, io::Result<Vec<Box<dyn Spot>>>> {
        Box::pin(async { Ok(nodes.into_iter().map(Self::spot).collect()) })
    }
}
