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
mod with_faults;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use cluster_containers::Containers;

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

/// Whether an example of this package is built.
fn is_built(program: &Path) -> bool {
    let is_built = program.exists();
    if !is_built {
        // Not by a macro: what those write is not shown when a test passes.
        drop(writeln!(std::io::stderr(), "skipped: `{}` is not built: `cargo build --examples`", program.display()));
    }
    is_built
}
