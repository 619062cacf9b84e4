//! The same tests at all places that this machine has. One that it does not have is skipped, which one line on standard error says.
#![allow(clippy::disallowed_methods, reason = "a test touches the system itself")]

mod cuts;
mod declared;
mod environment;
mod figures;
mod lives;
mod nobody_left;
mod proofs;
mod refusals;

use std::io::Write;
use std::sync::Mutex;

use cluster_runtime::place::{AnyPlace, Local, Namespaces, Place};

/// Where a test runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    ThisMachine,
    Namespaces,
}

impl At {
    fn place(self) -> AnyPlace {
        match self {
            At::ThisMachine => Local.into(),
            At::Namespaces => Namespaces::new().into(),
        }
    }

    /// Whether the kernel counts what runs into a fault.
    fn counts_packets(self) -> bool {
        self == At::Namespaces
    }

    /// Whether programs that learn addresses from each other have a way around what breaks their links.
    fn has_ways_around(self) -> bool {
        self == At::ThisMachine
    }

    /// Whether this machine has it.
    async fn is_had(self) -> bool {
        match self {
            At::ThisMachine => true,
            At::Namespaces => has(&Namespaces::new()).await,
        }
    }
}

async fn has(place: &dyn Place) -> bool {
    static TOLD: Mutex<bool> = Mutex::new(false);
    let Err(error) = place.check().await else { return true };
    let was_told = std::mem::replace(&mut *TOLD.lock().expect("nobody panics with it"), true);
    if !was_told {
        // Not by a macro: what those write is not shown when a test passes.
        drop(writeln!(std::io::stderr(), "skipped: nothing can run {}: {error}", place.name()));
    }
    false
}

/// Makes each of these functions a test at each place.
macro_rules! at_all_places {
    ($($name:ident)*) => { $(
        mod $name {
            #[tokio::test]
            async fn on_this_machine() -> cluster_runtime::Result {
                super::$name($crate::At::ThisMachine).await
            }

            #[tokio::test]
            async fn in_network_namespaces() -> cluster_runtime::Result {
                match $crate::At::Namespaces.is_had().await {
                    true => super::$name($crate::At::Namespaces).await,
                    false => Ok(()),
                }
            }
        }
    )* };
}

use at_all_places;
