//! The whole report of an error.

use std::error::Error as StdError;
use std::fmt;

use super::Error;
use super::found::Trouble;
use super::text::{IN_SUMMARY, error_chain, list};
use crate::seed::draw_again;

/// The number of items of a list that a report names.
const IN_REPORT: usize = 100;

/// The whole report.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused { act, refusals } => {
                write!(f, "the {act} was refused; nothing was done{}", list(refusals, IN_REPORT))
            }
            Error::Failed(failure) => {
                write!(f, "{self}\nthe nodes that were started with it were stopped")?;
                write_seed(f, failure.seed)?;
                write_troubles(f, &failure.troubles)?;
                write_log(f, &failure.node, &failure.log)
            }
            Error::Step { whose, source, troubles, seed } => {
                write!(f, "the step that {whose} takes once, when all nodes are ready, failed: ")?;
                write_other(f, &**source)?;
                f.write_str("\nthe nodes of the start were stopped")?;
                write_seed(f, *seed)?;
                write_troubles(f, troubles)
            }
            Error::StartTimeout(unfinished) => {
                write!(
                    f,
                    "the start took longer than {:?}; the nodes that it started were stopped",
                    unfinished.timeout
                )?;
                write_seed(f, unfinished.seed)?;
                if !unfinished.unready.is_empty() {
                    let unready = &unfinished.unready;
                    write!(f, "\nnodes that are not ready: {}{}", unready.len(), list(unready, IN_REPORT))?;
                }
                if !unfinished.missing.is_empty() {
                    let missing = &unfinished.missing;
                    write!(f, "\nlinks that are missing: {}{}", missing.len(), list(missing, IN_REPORT))?;
                }
                write_troubles(f, &unfinished.troubles)?;
                unfinished
                    .unready
                    .iter()
                    .filter(|unready| !unready.log.is_empty())
                    .take(IN_SUMMARY)
                    .try_for_each(|unready| write_log(f, &unready.node, &unready.log))
            }
            Error::Died { deaths, troubles } => {
                write!(f, "{self}")?;
                write_troubles(f, troubles)?;
                deaths.iter().take(IN_SUMMARY).try_for_each(|death| write_log(f, &death.node, &death.log))
            }
            Error::Timeout { node, log, troubles, .. } => {
                write!(f, "{self}")?;
                write_troubles(f, troubles)?;
                write_log(f, node, log)
            }
            Error::NotReached { troubles, .. } => {
                write!(f, "{self}")?;
                write_troubles(f, troubles)
            }
            Error::Ended { node, log, troubles, .. } => {
                write!(f, "{self}")?;
                write_troubles(f, troubles)?;
                write_log(f, node, log)
            }
            Error::Fault(error) => {
                write!(f, "{self}")?;
                write_troubles(f, error.troubles())
            }
            Error::Hidden { .. } | Error::NotRunning { .. } | Error::Stopped { .. } | Error::Blocking => {
                write!(f, "{self}")
            }
            Error::Plan(error) => write!(f, "{error:?}"),
            Error::Shared(error) => write!(f, "the shared network was not started: {error:?}"),
            Error::Reset { network, after, source } => {
                write!(f, "the shared network `{network}` could not be reset after {after}: {source:?}")
            }
            Error::Io(error) => f.write_str(&error_chain(error)),
            Error::Call { node, source } => {
                write!(f, "the call on node `{node}` failed: ")?;
                write_other(f, &**source)
            }
            Error::Other(error) => write_other(f, &**error),
        }
    }
}

/// An error of somebody else, who may have wrapped one with a report of its own.
fn write_other(f: &mut fmt::Formatter<'_>, error: &(dyn StdError + 'static)) -> fmt::Result {
    match error.downcast_ref::<Error>() {
        Some(error) => write!(f, "{error:?}"),
        None => f.write_str(&error_chain(error)),
    }
}

fn write_troubles(f: &mut fmt::Formatter<'_>, troubles: &[Trouble]) -> fmt::Result {
    if troubles.is_empty() {
        return Ok(());
    }
    write!(f, "\nnot as they should be:{}", list(troubles, IN_REPORT))
}

fn write_seed(f: &mut fmt::Formatter<'_>, seed: Option<u64>) -> fmt::Result {
    seed.map_or(Ok(()), |seed| write!(f, "\n{}", draw_again(seed)))
}

fn write_log(f: &mut fmt::Formatter<'_>, node: &str, log: &[String]) -> fmt::Result {
    if log.is_empty() {
        return write!(f, "\nnode `{node}` reported nothing");
    }
    write!(f, "\nthe end of the log of `{node}`:")?;
    log.iter().try_for_each(|line| write!(f, "\n  {line}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{End, Failure, MissingLink, Phase, Unfinished};
    use super::*;

    #[test]
    fn a_summary_names_three_and_counts_the_rest() {
        let missing = (1..=5).map(|leaf| MissingLink {
            dialler: format!("leaves.{leaf}").into(),
            listener: "center".into(),
            state: "no news".to_owned(),
        });
        let timeout = Unfinished {
            timeout: Duration::from_secs(2),
            missing: missing.collect(),
            unready: Vec::new(),
            troubles: Vec::new(),
            seed: None,
        };
        let error = Error::StartTimeout(Box::new(timeout));
        assert_eq!(
            error.to_string(),
            "the start took longer than 2s; 5 links are missing: leaves.1 - center: no news; leaves.2 - center: no news; \
             leaves.3 - center: no news; and 2 more"
        );
        assert!(format!("{error:?}").contains("\n  - leaves.5 - center: no news"), "{error:?}");
    }

    #[test]
    fn a_report_ends_with_the_log() {
        let failure = Failure {
            node: "k.2".into(),
            phase: Phase::Run,
            end: End::from(Error::other("the port is taken")),
            node_ended: false,
            log: vec!["line one".to_owned()],
            troubles: Vec::new(),
            seed: Some(7),
        };
        assert_eq!(
            format!("{:?}", Error::Failed(Box::new(failure))),
            "node `k.2` failed in phase `run`: the port is taken\nthe nodes that were started with it were stopped\n\
             its random links follow from seed 7; `CLUSTER_SEED=7` draws them again\n\
             the end of the log of `k.2`:\n  line one"
        );
    }
}
