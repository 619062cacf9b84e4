use std::fmt;

use super::Error;

/// Why a [plan](crate::fault::Plan) failed, and how to repeat it.
#[non_exhaustive]
pub struct PlanError {
    /// The error of the workload, if it failed.
    pub workload: Option<Error>,
    /// The error of an act or of healing, if one failed.
    pub faults: Option<Error>,
    /// Whether an act had begun: if none had, it failed without them.
    pub has_begun: bool,
    /// The acts that had begun, or all of the plan if none had, as Rust statements that repeat them.
    pub statements: String,
}

impl PlanError {
    fn causes(&self) -> impl Iterator<Item = (&'static str, &Error)> {
        let causes = [("its workload", &self.workload), ("its faults", &self.faults)];
        causes.into_iter().filter_map(|(what, cause)| Some((what, cause.as_ref()?)))
    }
}

/// A summary in one line.
impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let causes: Vec<_> = self.causes().map(|(what, cause)| format!("{what}: {cause}")).collect();
        write!(f, "the plan failed: {}", causes.join("; "))
    }
}

/// The reports of its causes, and the statements.
impl fmt::Debug for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the plan failed")?;
        for (what, cause) in self.causes() {
            write!(f, "\n{what}: {}", format!("{cause:?}").replace('\n', "\n  "))?;
        }
        let repeat = match self.has_begun {
            true => "to repeat its acts",
            false => "no act had begun: it failed without them; to repeat the whole plan",
        };
        write!(f, "\n{repeat}, with `use cluster_runtime::fault::{{Plan, Step}}`:\n{}", self.statements)
    }
}

impl std::error::Error for PlanError {}
