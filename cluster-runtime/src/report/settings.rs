use std::path::PathBuf;

/// The variable that says when a report is written.
const WHEN_VARIABLE: &str = "CLUSTER_REPORT";
/// The variable that says where reports are written.
const DIRECTORY_VARIABLE: &str = "CLUSTER_REPORT_DIR";

/// When a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// In a panic, after a failed wait or after the death of a node.
    Failure,
    Never,
}

/// What the environment asks for.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) when: When,
    pub(super) directory: Option<PathBuf>,
}

impl Settings {
    pub(crate) fn of_environment() -> Self {
        let when = match std::env::var(WHEN_VARIABLE).as_deref() {
            Ok("always") => When::Always,
            Ok("never") => When::Never,
            _ => When::Failure,
        };
        let directory = std::env::var_os(DIRECTORY_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
        Self { when, directory }
    }
}
