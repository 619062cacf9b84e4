use std::future::Future;

use serde_json::json;

use super::acting::Acting;
use super::attempt::Attempt;
use super::check::steps;
use super::field::Field;
use super::ongoing::Ongoing;
use super::ran::{Done, Ran};
use super::run_id::RunId;
use super::schedule::Plan;
use super::script::Script;
use super::workload::{Start, Work, Workload};
use crate::clock::{Deadline, pause};
use crate::error::{Error, FaultError, PlanError, Result};
use crate::event::Level;
use crate::fault::control::check_own;
use crate::kept::Kept;
use crate::node::{Home, note_fault};
use crate::start::{Cluster, View};
use crate::wait::Wait;

/// What is refused when it cannot work.
const PLAN: &str = "the plan";

impl Cluster {
    /// Runs a plan of faults, and a workload at the same time, which goes on while `faults.active()` is true. It resolves when
    /// both are over, all is healed, and the declared topology is observed again, if it was observed when the plan began; what the
    /// workload returns is had by [`Ran::into_output`].
    ///
    /// Both share a task, so the workload has to await something now and then. If the workload fails, the plan ends, all is healed, and the error has both. If this future is dropped, links are healed
    /// and paused nodes go on; those that were killed stay so.
    ///
    /// # Errors
    /// [`Error::Fault`] when the plan is refused: nothing was done. [`Error::Plan`] when the workload or an act fails, when no
    /// act of one sort had an effect, when a node dies, or when the healing is not over within 30 s (or
    /// [`timeout`](Wait::timeout), which also bounds each act and the end of the workload). It has statements that repeat the
    /// plan. If the test fails afterwards, they are printed; with `CLUSTER_SHRINK=1` the test then runs again with fewer acts,
    /// and the least plan that still fails is printed.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use cluster_runtime::{Result, cluster};
    /// use cluster_runtime::fault::{Act, Plan};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { k[5]: clique }.start().wait_connections(true).await?;
    /// let plan = Plan::seeded(net.seed())
    ///     .any_of([Act::halves(), Act::pause_one()])
    ///     .every(Duration::from_millis(50))
    ///     .during(Duration::from_millis(200))
    ///     .quiet(Duration::from_millis(20));
    /// let ran = net.run(plan, async |faults| {
    ///     let mut published = 0;
    ///     while faults.active() {
    ///         for node in &net.k {
    ///             published += usize::from(node.publish("news").await.is_ok()); // a paused node cannot
    ///         }
    ///         tokio::time::sleep(Duration::from_millis(2)).await;
    ///     }
    ///     Ok(published)
    /// });
    /// let ran = ran.await?;
    /// assert_eq!(ran.acts().len(), 4);
    /// assert!(ran.into_output() > 0);
    /// # net.stop().await
    /// # }
    /// ```
    pub fn run<'a, W, F, T>(&'a self, plan: Plan, workload: W) -> Wait<'a, Ran<T>>
    where
        W: FnOnce(Ongoing) -> F + Send + 'a,
        F: Future<Output = Result<T>> + Send + 'a,
        T: Send + 'a,
    {
        let output = Kept::nothing();
        let kept = output.clone();
        let start = move |faults| -> Work<'a> {
            let work = workload(faults);
            Box::pin(async move { work.await.map(|value| kept.keep(value)) })
        };
        self.run_beside(plan, Box::new(start)).map(move |Ran { acts, .. }| Ran { acts, output: output.last() })
    }

    fn run_beside<'a>(&'a self, plan: Plan, workload: Start<'a>) -> Wait<'a, Ran> {
        let watch = self.view().home().watch(|| "the end of a plan of faults".to_owned());
        Wait::of(watch, move |deadline| async move {
            let id = RunId::next();
            let field = Field::new(self.view(), plan.among.clone());
            check_own(&field.cluster, PLAN, &field.nodes)?;
            let given = id.steps();
            // Where another process has chosen the acts, some sort may be without effect.
            let may_be_idle = given.is_some();
            let most_down = plan.most_down(field.nodes.len());
            let steps = given.map_or_else(|| steps(&plan, &field, most_down), Ok);
            let steps = steps.map_err(|why| FaultError::Refused { fault: PLAN.to_owned(), why })?;
            let (home, min_alive) = (self.view().home().clone(), self.nodes().len().saturating_sub(most_down));
            let script = Script { steps, quiet: plan.quiet, min_alive };
            let mut attempt = Attempt::new(id, home.clone(), self.seed(), script);
            let acting = Acting::new(self, field, deadline, most_down);
            note_fault(home.journal(), Level::Notice, "plan_begun", json!({ "acts": attempt.steps().len() }));
            let (worked, acted) = run(&acting, &attempt, &plan, workload, deadline).await;
            note_fault(home.journal(), Level::Notice, "plan_over", json!({ "acts": acting.done().len() }));
            let idle = (worked.is_ok() && acted.is_ok() && !may_be_idle).then(|| idle(&acting.done())).flatten();
            let is_idle = idle.is_some();
            match (worked.err(), acted.err().or(idle.map(Error::from))) {
                (None, None) => {
                    home.verdict().survived();
                    Ok(Ran { acts: acting.done(), output: () })
                }
                (workload, faults) => {
                    let (has_begun, statements) = (attempt.has_begun(), attempt.fail(is_idle));
                    Err(Error::Plan(Box::new(PlanError { workload, faults, has_begun, statements })))
                }
            }
        })
    }
}

/// What became of the workload, and of the faults.
async fn run(
    acting: &Acting<'_>,
    attempt: &Attempt,
    plan: &Plan,
    workload: Start<'_>,
    deadline: Deadline,
) -> (Result, Result) {
    let (cluster, home) = (acting.cluster, acting.field.cluster.home());
    // The nodes are asked for their connections.
    if let Err(error) = cluster.observed().await {
        return (Ok(()), Err(error));
    }
    let was_connected = is_connected(&acting.field.cluster);
    let steps = attempt.steps().iter().map(|step| step.at.saturating_add(step.lasting));
    let length = steps.max().unwrap_or_default().saturating_add(plan.quiet);
    let ongoing = Ongoing::new(home.clone(), Deadline::after(length.saturating_add(deadline.total())));
    let mut workload = Workload::new(workload(ongoing.clone()));
    let begun = |number| attempt.begun(number);
    let performing = acting.perform(attempt.steps(), &begun);
    // `None` if the workload has failed: then nothing else is to be reported of the acts.
    let acted = workload.unless_failed(home.unless_death(Box::pin(performing))).await;
    let mended = workload.during(acting.mend()).await;
    let mut acted = acted.unwrap_or(Ok(())).and(mended);
    if acted.is_ok() {
        let quiet = workload.unless_failed(alive_during(home, plan)).await;
        acted = quiet.unwrap_or(Ok(()));
    }
    ongoing.finish();
    let worked = workload.finish(deadline.renewed()).await;
    if acted.is_ok() && was_connected {
        acted = cluster.wait_connections().until(deadline.renewed()).await;
    }
    (worked, acted)
}

async fn alive_during(home: &Home, plan: &Plan) -> Result {
    let quiet = async {
        pause(plan.quiet).await;
        Ok(())
    };
    home.unless_death(Box::pin(quiet)).await
}

/// Whether all declared links are up.
fn is_connected(cluster: &View) -> bool {
    let mut declared = cluster.nodes().iter().flat_map(|node| node.context().links().declared());
    declared.all(|end| !end.is_awaited() || end.is_up())
}

/// The first sort of act of which none had an effect.
fn idle(acts: &[Done]) -> Option<FaultError> {
    let of = |act| acts.iter().filter(move |done| done.step.act() == act);
    let idle = acts.iter().map(|done| done.step.act()).find(|act| of(*act).all(|done| !done.has_bitten()))?;
    Some(FaultError::IdleAct { act: idle.to_string(), times: of(idle).count() })
}
