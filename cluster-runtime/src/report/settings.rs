use std::path::PathBuf;

/// The variable that says when a report is written.
pub(crate) const REPORT_VARIABLE: &str = "CLUSTER_REPORT";
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
    /// What is wrong with the environment.
    pub(super) mistake: Option<String>,
}

impl Settings {
    pub(crate) fn of_environment() -> Self {
        let asked = std::env::var(REPORT_VARIABLE).unwrap_or_default();
        let (when, is_known) = match &*asked {
            "always" => (When::Always, true),
            "never" => (When::Never, true),
            "" | "failure" => (When::Failure, true),
            _ => (When::Failure, false),
        };
        let mistake = (!is_known).then(|| format!("{REPORT_VARIABLE}=`{asked}` is none of always, failure and never"));
        let directory = std::env::var_os(DIRECTORY_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
        Self { when, directory, mistake }
    }
}
