/// What a [`Family`](crate::Family) takes in addition to its nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parameter {
    /// Its name in the language.
    pub name: &'static str,
    /// What it may be.
    pub kind: ParameterKind,
}

/// What a [`Parameter`] may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// A whole number, as in `columns = 3`. It must be given.
    Integer,
    /// A number from 0 to 1, as in `probability = 0.1`. It must be given.
    Probability,
    /// What random numbers follow from, as in `seed = 7`. Whoever makes the cluster draws one if it is not given.
    Seed,
    /// Given or not, by its name alone, as in `connected`.
    Flag,
}

/// What is given for a [`Parameter`]: a variant for each kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// For [`ParameterKind::Integer`].
    Integer(usize),
    /// For [`ParameterKind::Probability`].
    Probability(f64),
    /// For [`ParameterKind::Seed`].
    Seed(u64),
    /// For [`ParameterKind::Flag`], which is given.
    Flag,
}

impl ParameterKind {
    /// Whether it must be given.
    pub const fn is_required(self) -> bool {
        matches!(self, ParameterKind::Integer | ParameterKind::Probability)
    }
}

impl Value {
    /// The kind of the parameters that it can be given for.
    pub const fn kind(self) -> ParameterKind {
        match self {
            Value::Integer(_) => ParameterKind::Integer,
            Value::Probability(_) => ParameterKind::Probability,
            Value::Seed(_) => ParameterKind::Seed,
            Value::Flag => ParameterKind::Flag,
        }
    }
}
