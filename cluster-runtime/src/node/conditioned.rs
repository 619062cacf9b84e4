//! The conditions of a link, and where they are declared.

use std::panic::Location;

use crate::net::Conditions;

/// Conditions, and where they are declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conditioned {
    pub(crate) conditions: Conditions,
    pub(crate) place: &'static Location<'static>,
}

/// All that is declared of the conditions of one link.
#[derive(Debug, Default)]
pub(super) struct DeclaredConditions(Vec<Conditioned>);

/// Two values of one condition: "`latency = 20ms` at tests/net.rs:7:21".
#[derive(Debug)]
pub(crate) struct Contradiction {
    pub(crate) first: String,
    pub(crate) second: String,
}

impl DeclaredConditions {
    pub(super) fn all(&self) -> Conditions {
        self.0.iter().fold(Conditions::default(), |all, declared| all.overruled_by(declared.conditions))
    }

    /// What is declared twice adds up, unless it contradicts.
    pub(super) fn add(&mut self, more: Conditioned) -> Result<(), Contradiction> {
        match self.0.iter().find_map(|declared| contradiction(declared, &more)) {
            Some(contradiction) => Err(contradiction),
            None => {
                // Seldom more than one, and a network has many links.
                self.0.reserve_exact(1);
                self.0.push(more);
                Ok(())
            }
        }
    }
}

fn contradiction(first: &Conditioned, second: &Conditioned) -> Option<Contradiction> {
    let pairs = each(first.conditions).into_iter().zip(each(second.conditions));
    let differ = |(a, b): &(Conditions, Conditions)| !a.is_none() && !b.is_none() && a != b;
    let text = |one: Conditions, declared: &Conditioned| format!("`{one}` at {}", declared.place);
    pairs.into_iter().find(differ).map(|(a, b)| Contradiction { first: text(a, first), second: text(b, second) })
}

/// Each condition alone.
fn each(all: Conditions) -> [Conditions; 6] {
    let none = Conditions::default();
    [
        Conditions { latency: all.latency, ..none },
        Conditions { jitter: all.jitter, ..none },
        Conditions { rate: all.rate, ..none },
        Conditions { loss: all.loss, ..none },
        Conditions { duplicate: all.duplicate, ..none },
        Conditions { reorder: all.reorder, ..none },
    ]
}
