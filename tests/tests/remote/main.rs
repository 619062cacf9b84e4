//! Nodes on other hosts, by behaviour: by a command, which stays on this machine; by ssh to servers that a test runs itself, without a
//! port; and within an allocation of a Slurm that the tests run. What this machine does not have is skipped, which one line on standard
//! error says.

mod faults;
mod figures;
mod files;
mod hosts;
mod leaks;
mod lives;
mod output;
mod programs;
#[path = "../places/lives.rs"]
mod servers;
mod slurm;
mod ssh;

use std::path::Path;

use cluster_runtime::place::Remote;
use cluster_tests::{processes_with, until};

/// A test for each way to the hosts h1 to h3.
macro_rules! by_each_way {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            #[tokio::test]
            async fn by_a_command() -> cluster_runtime::Result {
                super::$test(crate::by_command().into()).await
            }

            #[tokio::test]
            async fn by_ssh() -> cluster_runtime::Result {
                match crate::ssh::hosts() {
                    Some(hosts) => super::$test(hosts.into()).await,
                    None => Ok(()),
                }
            }

            #[tokio::test]
            async fn by_slurm() -> cluster_runtime::Result {
                match crate::slurm::hosts() {
                    Some(hosts) => super::$test(hosts.into()).await,
                    None => Ok(()),
                }
            }
        }
    )+};
}
use by_each_way;

/// The way to the hosts, for tests that other places have, too.
#[derive(Clone, Debug)]
struct At(Remote);

impl From<Remote> for At {
    fn from(hosts: Remote) -> Self {
        Self(hosts)
    }
}

impl At {
    fn place(self) -> Remote {
        self.0
    }
}

macro_rules! at_all_places {
    ($($test:ident)+) => {
        $crate::by_each_way!($($test),+);
    };
}
use at_all_places;

const HOSTS: [&str; 3] = ["h1", "h2", "h3"];

/// Hosts that are this machine; a variable says which one it is.
fn by_command() -> Remote {
    on_loopback(Remote::command(["env", "CLUSTER_TEST_HOST={host}"], HOSTS))
}

/// Hosts that are this machine, each with an address of its own.
fn on_loopback(hosts: Remote) -> Remote {
    hosts.address("h1", [127, 0, 0, 1]).address("h2", [127, 0, 0, 2]).address("h3", [127, 0, 0, 3])
}

/// What marks a run on a host: the directories of nodes are below one that has it in its name.
fn run_of(directory: &Path) -> String {
    let run = directory.parent().and_then(Path::file_name).expect("it is below that of the run").to_string_lossy();
    run.strip_prefix("cluster-").expect("it says so").to_owned()
}

/// Waits until nothing is left of a run on a host.
async fn until_nothing_is_left(directory: &Path) {
    let run = run_of(directory);
    until("the directory on the host is gone", || !directory.parent().expect("it has one").exists()).await;
    until("no process is left", || processes_with(&run).is_empty()).await;
}
