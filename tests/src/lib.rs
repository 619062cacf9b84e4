//! What tests of whole clusters share; those of this package are in `tests/`.

mod installed;
mod post;
mod processes;
mod programs;
mod report;
mod round_trips;
mod until;
mod victim;

pub use installed::is_installed;
pub use post::post;
pub use processes::{exists, processes_with};
pub use programs::{remove_files, script, sleeper};
pub use report::report;
pub use round_trips::round_trips;
pub use until::{until, until_answered, until_empty};
pub use victim::{Victim, alone};

/// Makes each behaviour a test on both flavours of tokio's runtime.
#[macro_export]
macro_rules! on_both_runtimes {
    ($($name:ident)*) => { $(
        mod $name {
            #[tokio::test]
            async fn on_one_thread() -> cluster_runtime::Result {
                super::$name().await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_several_threads() -> cluster_runtime::Result {
                super::$name().await
            }
        }
    )* };
}
