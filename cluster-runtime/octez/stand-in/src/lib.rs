//! A stand-in for `octez-node` and `mavkit-node`, for the tests of `cluster-octez` where no real binary is at hand. Those tests
//! are in this package, as its programs are: so `cluster-octez` needs none of it.
//!
//! **It is no Octez node.** It has no blocks, no store and no protocol; only what Tezt's library relies on:
//! - it refuses, with exit code 1 and a message, every command line, order of commands, file in the data directory and
//!   variable in the environment that Tezt would not make;
//! - it listens on its addresses, dials its peers again and again, greets with its identity, and keeps the allow list of
//!   private mode as Octez does: a caller is known by the address that it comes from and the port that it announces;
//! - public nodes tell each other of others, and dial them up to `--connections`;
//! - it writes events to the pipe that it is given, by levels of sections, and answers the RPCs of the network;
//! - it stops on SIGTERM with exit code 0.
//!
//! Beside the RPCs of Octez it has three of its own, under `/stand_in`, which a test uses as a trigger; see [`rpc`].
#![allow(clippy::disallowed_methods, reason = "it is a program, as a real node is")]

mod command_line;
mod data_dir;
mod environment;
mod identity;
mod levels;
mod names;
mod network;
mod node;
mod refusal;
pub mod rpc;
mod sink;
mod wire;

use std::process::ExitCode;

use command_line::Command;
use refusal::Result;

pub use names::{MAVKIT, Names, OCTEZ};

/// The whole program.
pub fn main(names: Names) -> ExitCode {
    match execute(names) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            eprintln!("{} (stand-in): {refusal}", names.program);
            ExitCode::FAILURE
        }
    }
}

fn execute(names: Names) -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    environment::check(names)?;
    match command_line::parse(&arguments)? {
        Command::GenerateIdentity { data_dir } => {
            let id = data_dir::generate_identity(&data_dir)?;
            println!("Stored the new identity ({id}) into '{}'.", data_dir.join("identity.json").display());
            Ok(())
        }
        Command::InitConfig { data_dir, config } => data_dir::init_config(&data_dir, &config),
        Command::Run(run) => node::run(run, environment::events(names)?),
    }
}
