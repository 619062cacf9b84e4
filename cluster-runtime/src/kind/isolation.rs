use crate::isolated::Options;

/// What the nodes of a kind run on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Isolation {
    /// A thread and a runtime of its own for each.
    Own(Options),
    /// The runtime of the test.
    Shared,
}

impl Default for Isolation {
    fn default() -> Self {
        Isolation::Own(Options::default())
    }
}

impl Isolation {
    /// The same, with changed options. A node that shares the runtime of the test has none.
    pub(crate) fn with(self, change: impl FnOnce(&mut Options)) -> Self {
        match self {
            Isolation::Own(mut options) => {
                change(&mut options);
                Isolation::Own(options)
            }
            Isolation::Shared => Isolation::Shared,
        }
    }
}
