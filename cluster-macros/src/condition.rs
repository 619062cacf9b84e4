//! The conditions of links: what every shape and every wiring takes after its sets and parameters.

use crate::pattern::{Parameter, ParameterKind};
use crate::suggest;

/// All conditions, in the order in which messages list them.
pub const CONDITIONS: [Parameter; 6] = [
    Parameter { name: "latency", kind: ParameterKind::Time },
    Parameter { name: "jitter", kind: ParameterKind::Time },
    Parameter { name: "rate", kind: ParameterKind::Rate },
    Parameter { name: "loss", kind: ParameterKind::Probability },
    Parameter { name: "duplicate", kind: ParameterKind::Probability },
    Parameter { name: "reorder", kind: ParameterKind::Probability },
];

/// The condition of this name.
pub fn named(name: &str) -> Option<Parameter> {
    CONDITIONS.into_iter().find(|condition| condition.name == name)
}

/// What was meant by another name: one of these parameters, or a condition.
pub fn meant(name: &str, parameters: &[Parameter]) -> Option<&'static str> {
    suggest::word(name, parameters.iter().chain(&CONDITIONS).map(|parameter| parameter.name))
}
