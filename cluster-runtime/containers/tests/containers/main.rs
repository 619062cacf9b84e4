//! Nodes in containers, by behaviour, of each engine that this machine can run. One that it cannot run is skipped, which one line on
//! standard error says. The tests that other places have too are in the tests of those.
#![allow(clippy::disallowed_methods, reason = "a test touches the system itself")]
#![allow(clippy::duplicate_mod, reason = "tests that other places have too are here for one host and for a swarm")]

#[path = "../../../../tests/tests/places/declared.rs"]
mod declared;
mod engines;
mod figures;
#[path = "../../../../tests/tests/places/lives.rs"]
mod lives;
mod losses;
mod nobody_left;
mod on_a_swarm;
mod owners;
mod programs;
mod refusals;
mod stand_in;
mod swarms;
#[path = "../../../../tests/tests/places/victim.rs"]
mod victim;
mod with_faults;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use cluster_containers::Containers;
use cluster_runtime::process::ProcessKind;
use cluster_runtime::{Feature, Node, Process, Result};

use self::engines::Engine;

/// The engine where a test runs.
#[derive(Clone, Debug)]
struct At(Arc<Engine>);

impl From<Arc<Engine>> for At {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}

impl At {
    fn place(&self) -> Containers {
        self.0.place()
    }
}

/// Makes each of these functions a test with each engine.
macro_rules! at_all_places {
    ($($name:ident)*) => { $(
        mod $name {
            #[tokio::test]
            async fn of_docker() -> cluster_runtime::Result {
                match $crate::engines::shared("docker") {
                    Some(engine) => super::$name(super::At::from(engine)).await,
                    None => Ok(()),
                }
            }

            #[tokio::test]
            async fn of_podman() -> cluster_runtime::Result {
                match $crate::engines::shared("podman") {
                    Some(engine) => super::$name(super::At::from(engine)).await,
                    None => Ok(()),
                }
            }
        }
    )* };
}
use at_all_places;

fn is_installed(program: &str, package: &str) -> bool {
    cluster_tests::is_installed(program, &format!("apt-get install {package}"))
}

/// Whether an example of this package is built.
fn is_built(program: &Path) -> bool {
    let is_built = program.exists();
    if !is_built {
        // Not by a macro: what those write is not shown when a test passes.
        drop(writeln!(std::io::stderr(), "skipped: `{}` is not built: `cargo build --examples`", program.display()));
    }
    is_built
}

/// A shell that runs this script; `$0` is the name of its node.
fn script(text: impl Into<String>) -> Process {
    let text = text.into();
    Process::new("sh", move |node, command| {
        command.arg("-c").arg(&text).arg(node.name());
    })
    .supports(Feature::Private)
}

fn sleeper() -> Process {
    script("exec sleep 1000")
}

/// Removes the files of nodes that a report has named: they stay for a person to look at.
fn remove_files<K: ProcessKind>(nodes: &[Node<K>]) -> Result {
    nodes.iter().try_for_each(|node| Ok(std::fs::remove_dir_all(node.dir()?)?))
}
