//! Steps as they are handed to another process.

use std::time::Duration;

use serde_json::{Value, json};

use super::sort::Sort;
use super::step::Step;
use crate::net::Block;

const BLOCKS: [Block; 3] = [Block::BlackHole, Block::Refuse, Block::Reset];

pub(super) fn to_json(step: &Step) -> Value {
    json!({
        "sort": step.sort.step(),
        "sets": step.sets,
        "block": BLOCKS.iter().position(|block| *block == step.block),
        "latency": nanos(step.latency),
        "at": nanos(step.at),
        "lasting": nanos(step.lasting),
    })
}

pub(super) fn from_json(value: &Value) -> Option<Step> {
    let sort = Sort::ALL.into_iter().find(|sort| value["sort"] == sort.step())?;
    let names = |set: &Value| set.as_array()?.iter().map(|name| Some(name.as_str()?.to_owned())).collect();
    let sets = value["sets"].as_array()?.iter().map(names).collect::<Option<_>>()?;
    let duration = |name| value[name].as_u64().map(Duration::from_nanos);
    Some(Step {
        block: *BLOCKS.get(usize::try_from(value["block"].as_u64()?).ok()?)?,
        latency: duration("latency")?,
        at: duration("at")?,
        lasting: duration("lasting")?,
        ..Step::new(sort, sets)
    })
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_comes_back_as_it_went() {
        for sort in Sort::ALL {
            let step =
                Step { latency: Duration::from_micros(1), ..Step::new(sort, vec![vec!["k.1".to_owned()], vec![]]) };
            let step = step.reset().at(Duration::from_millis(2)).lasting(Duration::from_secs(3));
            assert_eq!(from_json(&to_json(&step)), Some(step));
        }
    }
}
