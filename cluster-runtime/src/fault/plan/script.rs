use std::fmt;
use std::time::Duration;

use super::step::{Step, duration};

/// A plan that is written out. Its `{}` are the statements that make it.
#[derive(Clone)]
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) quiet: Duration,
    pub(super) min_alive: usize,
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("let plan = Plan::of([\n")?;
        self.steps.iter().try_for_each(|step| writeln!(f, "    {step},"))?;
        write!(f, "])\n.min_alive({})\n.quiet({});", self.min_alive, duration(self.quiet))
    }
}
