//! Links that the place of their cluster breaks by itself: it holds packets between nodes, whoever has linked them.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::faults::InForce;
use super::home::Home;
use super::state::{NodePair, State};
use crate::clock::pause;
use crate::net::{Conditions, Effect};
use crate::place::{Pair, Passage, Rule, Session};

/// How old the evidence of a fault may be.
const COUNT_INTERVAL: Duration = Duration::from_millis(50);

impl Home {
    /// Puts in force what is declared of these pairs, and the faults that concern them. Calls come one after the other: at the
    /// start, and then by whoever [changes](super::faults::Faults::change) faults.
    ///
    /// # Errors
    /// When the place cannot do so.
    pub(crate) async fn set_rules(&self, pairs: &[NodePair]) -> io::Result<()> {
        let faults = self.faults().all();
        let rules: Vec<_> = pairs.iter().map(|pair| self.rule(pair, &faults)).collect();
        self.at_place(move |session| async move { session.set_rules(&rules).await }).await
    }

    fn rule(&self, (from, to): &NodePair, faults: &[Arc<InForce>]) -> Rule {
        let (mut block, mut conditions) = (None, self.declared_conditions(from, to));
        for fault in faults.iter().filter(|fault| fault.concerns_pair(from.id(), to.id())) {
            match fault.effect {
                Effect::Block(other) => block = block.max(Some(other)),
                Effect::Conditions(others) => conditions = conditions.overruled_by(others),
            }
        }
        if self.faults().are_idle() {
            (block, conditions) = (None, Conditions::default());
        }
        Rule::new((from.name().clone(), to.name().clone()), block, conditions)
    }

    /// Puts the conditions in force that links of these nodes are declared with.
    ///
    /// # Errors
    /// Those of [`set_rules`](Self::set_rules).
    pub(crate) async fn declare_rules(&self, nodes: &[Arc<State>]) -> io::Result<()> {
        let pairs: HashMap<_, _> = nodes
            .iter()
            .flat_map(|node| self.declared_links(node))
            .filter(|link| !link.conditions().is_none())
            .flat_map(|link| [link.reversed(), link])
            .map(|end| ((end.own().id(), end.other().id()), (end.own().clone(), end.other().clone())))
            .collect();
        match pairs.is_empty() {
            true => Ok(()),
            false => self.set_rules(&pairs.into_values().collect::<Vec<_>>()).await,
        }
    }

    fn declared_conditions(&self, from: &Arc<State>, to: &Arc<State>) -> Conditions {
        let links = self.declared_links(from);
        links.iter().find(|link| link.other().id() == to.id()).map(|link| link.conditions()).unwrap_or_default()
    }

    /// Sends probes along these pairs, and returns what became of them.
    ///
    /// # Errors
    /// When none can be sent.
    pub(crate) async fn probe(&self, pairs: &[NodePair], packets: u32) -> io::Result<Vec<Passage>> {
        let pairs = names(pairs);
        self.at_place(move |session| async move { session.probe(&pairs, packets).await }).await
    }

    /// What the nodes of these pairs have sent.
    async fn passages(&self, pairs: &[NodePair]) -> io::Result<Vec<Passage>> {
        let pairs = names(pairs);
        self.at_place(move |session| async move { session.passages(&pairs).await }).await
    }

    /// Puts a fault in force, and counts what runs into it as long as it is.
    ///
    /// # Errors
    /// When the place cannot do so, or cannot tell.
    pub(crate) async fn put_in_force(self: &Arc<Self>, fault: &Arc<InForce>, pairs: &[NodePair]) -> io::Result<()> {
        let before = self.passages(pairs).await?;
        self.set_rules(pairs).await?;
        let after = self.passages(pairs).await?;
        fault.begin_to_count(pairs.to_vec(), before, after);
        let (home, fault) = (Arc::downgrade(self), Arc::downgrade(fault));
        if let Some(driver) = self.driver() {
            driver.background().spawn(keep_counting(home, fault));
        }
        Ok(())
    }

    /// Counts what has run into a fault so far.
    ///
    /// # Errors
    /// When the place cannot tell.
    pub(crate) async fn count(&self, fault: &InForce) -> io::Result<()> {
        let Some(pairs) = fault.counted_pairs() else { return Ok(()) };
        fault.count(&self.passages(pairs).await?);
        Ok(())
    }

    /// Counts for the last time what has run into these faults, and ends those that the place has put in force.
    ///
    /// # Errors
    /// When the place cannot do so.
    pub(crate) async fn end_at_place(&self) -> io::Result<()> {
        let faults = self.faults().all();
        let mut pairs = Vec::new();
        for fault in &faults {
            self.count(fault).await?;
            pairs.extend(fault.counted_pairs().into_iter().flatten().cloned());
        }
        for fault in faults.iter().filter(|fault| fault.counted_pairs().is_some()) {
            if self.faults().remove(fault) {
                self.faults().lift(fault, &[], self.journal());
            }
        }
        if pairs.is_empty() { Ok(()) } else { self.set_rules(&pairs).await }
    }

    /// Puts in force what is left for these pairs once a fault has been taken back, whoever waits for it.
    pub(crate) fn restore(self: &Arc<Self>, pairs: Vec<NodePair>) {
        let (Some(driver), false) = (self.driver(), pairs.is_empty()) else { return };
        let home = self.clone();
        driver.background().spawn(async move {
            let _change = home.faults().change().await;
            // Where that fails the place has gone, and the nodes with it.
            let _ = home.set_rules(&pairs).await;
        });
    }

    /// Asks the place, on the driver: the threads of the test may be busy.
    async fn at_place<T, F>(&self, ask: impl FnOnce(Arc<dyn Session>) -> F) -> io::Result<T>
    where
        T: Send + 'static,
        F: Future<Output = io::Result<T>> + Send + 'static,
    {
        let (Some(session), Some(driver)) = (self.session(), self.driver()) else {
            return Err(io::Error::other("the cluster was never started"));
        };
        driver.run(ask(session)).await
    }
}

fn names(pairs: &[NodePair]) -> Vec<Pair> {
    pairs.iter().map(|(from, to)| (from.name().clone(), to.name().clone())).collect()
}

async fn keep_counting(home: Weak<Home>, fault: Weak<InForce>) {
    loop {
        pause(COUNT_INTERVAL).await;
        let (Some(home), Some(fault)) = (home.upgrade(), fault.upgrade()) else { return };
        if !home.faults().are_in_force(&fault) || home.count(&fault).await.is_err() {
            return;
        }
    }
}
