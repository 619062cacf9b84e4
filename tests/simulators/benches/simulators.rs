//! Runs each scenario in each simulator in turn, and prints tables of medians. `-- --test` runs each once, and shortly.

use std::process::Command;

/// How often each is run.
const ROUNDS: usize = 3;

struct Simulator {
    name: &'static str,
    program: &'static str,
    argument: Option<&'static str>,
}

const SIMULATORS: [Simulator; 4] = [
    Simulator { name: "here, services", program: env!("CARGO_BIN_EXE_here"), argument: None },
    Simulator { name: "here, services, shared", program: env!("CARGO_BIN_EXE_here"), argument: Some("shared") },
    Simulator { name: "turmoil", program: env!("CARGO_BIN_EXE_turmoil"), argument: None },
    Simulator { name: "madsim", program: env!("CARGO_BIN_EXE_madsim"), argument: None },
];

struct Scenario {
    title: &'static str,
    arguments: &'static [&'static str],
    /// How much of it each simulator runs, in the same order: seconds, round trips or elections, what takes it a few seconds.
    amounts: [Option<u32>; SIMULATORS.len()],
    /// What the processor time is told of, and how many of these an amount of one has.
    unit: &'static str,
    units: f64,
}

const SCENARIOS: [Scenario; 6] = [
    Scenario {
        title: "10 idle nodes",
        arguments: &["idle", "10"],
        amounts: [Some(60), Some(60), Some(60), Some(60)],
        unit: "a virtual second",
        units: 1.0,
    },
    Scenario {
        title: "100 idle nodes",
        arguments: &["idle", "100"],
        amounts: [Some(60), Some(60), Some(2), Some(60)],
        unit: "a virtual second",
        units: 1.0,
    },
    Scenario {
        title: "1,000 idle nodes",
        arguments: &["idle", "1000"],
        amounts: [Some(6), Some(60), None, Some(60)],
        unit: "a virtual second",
        units: 1.0,
    },
    Scenario {
        title: "echo, 5 pairs",
        arguments: &["echo", "5"],
        amounts: [Some(10_000), Some(10_000), Some(10_000), Some(10_000)],
        unit: "a message",
        units: 10.0,
    },
    Scenario {
        title: "echo, 50 pairs",
        arguments: &["echo", "50"],
        amounts: [Some(1000), Some(1000), Some(1000), Some(1000)],
        unit: "a message",
        units: 100.0,
    },
    Scenario {
        title: "a Raft of 5 loses its leader",
        arguments: &["raft"],
        amounts: [Some(20), None, Some(20), None],
        unit: "a Raft",
        units: 1.0,
    },
];

/// In seconds.
#[derive(Clone, Copy)]
struct Figures {
    /// The virtual time that an amount of one took.
    passed: f64,
    /// The processor time of a unit.
    processor: f64,
}

fn run(scenario: &Scenario, simulator: &Simulator, amount: u32) -> Figures {
    let mut command = Command::new(simulator.program);
    command.args(scenario.arguments).arg(amount.to_string()).args(simulator.argument);
    let output = command.output().expect("it is built");
    let said = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = said.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [passed, processor] = figures[..] else {
        panic!("{command:?} has told no figures: {said}{}", String::from_utf8_lossy(&output.stderr))
    };
    let nanoseconds = f64::from(amount) * 1e9;
    Figures { passed: passed / nanoseconds, processor: processor / nanoseconds / scenario.units }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn of_rounds(rounds: &[Figures], figure: fn(&Figures) -> f64) -> f64 {
    median(rounds.iter().map(figure).collect())
}

fn shown(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s => format!("{:.2} µs", s * 1e6),
    }
}

/// A ratio with at least two digits that count.
fn two_digits(ratio: f64) -> String {
    let places = (1.0 - ratio.log10().floor()).max(0.0) as usize;
    format!("{ratio:.places$}")
}

fn main() {
    let is_test = std::env::args().any(|arg| arg == "--test");
    println!("| scenario | by | virtual time | processor time | ratio |");
    println!("|---|---|--:|--:|--:|");
    for scenario in &SCENARIOS {
        let mut of: [Vec<Figures>; SIMULATORS.len()] = Default::default();
        for _ in 0..if is_test { 1 } else { ROUNDS } {
            for ((simulator, amount), rounds) in SIMULATORS.iter().zip(scenario.amounts).zip(&mut of) {
                let amount = amount.map(|amount| if is_test { 1 } else { amount });
                rounds.extend(amount.map(|amount| run(scenario, simulator, amount)));
            }
        }
        let first = of_rounds(&of[0], |figures| figures.processor);
        for (simulator, rounds) in SIMULATORS.iter().zip(&of).filter(|(_, rounds)| !rounds.is_empty()) {
            let (passed, processor) =
                (of_rounds(rounds, |figures| figures.passed), of_rounds(rounds, |figures| figures.processor));
            println!(
                "| {}, {} | {} | {} | {} | {} |",
                scenario.title,
                scenario.unit,
                simulator.name,
                shown(passed),
                shown(processor),
                two_digits(processor / first)
            );
        }
    }
}
