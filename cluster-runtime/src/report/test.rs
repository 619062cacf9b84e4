use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use crate::lock::lock;
use crate::place::{self, PLACE_VARIABLE};
use crate::seed::{SEED_VARIABLE, SIMULATED_VARIABLE};

/// How many characters of a test's name are part of that of its directory.
const MOST_OF_A_NAME: usize = 120;

/// The test that a cluster is of.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    name: String,
    /// Which of the clusters of the test it is, from 1.
    number: usize,
}

impl Test {
    /// The test that this thread runs, by the name that a harness gives the thread, or else by that of nextest or of the command
    /// line.
    pub(crate) fn of_thread(thread: Option<&str>) -> Self {
        let Self { name, .. } = Self::named_as(thread);
        Self { number: next_number(&name), name }
    }

    /// The same, whichever cluster of it is meant.
    pub(crate) fn named_as(thread: Option<&str>) -> Self {
        let by_thread = thread.filter(|name| !name.is_empty() && *name != "main" && !name.starts_with("tokio-"));
        let by_nextest = || std::env::var("NEXTEST_TEST_NAME").ok();
        let name = by_thread.map(str::to_owned).or_else(by_nextest).or_else(named_exactly).unwrap_or_else(program);
        Self { name, number: 1 }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name of the directory of its report.
    pub(super) fn directory(&self) -> String {
        let is_safe = |c: char| c.is_alphanumeric() || "._-".contains(c);
        let name = self.name.replace("::", ".");
        let safe = name.chars().take(MOST_OF_A_NAME).map(|c| if is_safe(c) { c } else { '_' });
        let mut directory: String = safe.collect();
        if directory.starts_with('.') {
            directory.insert(0, '_');
        }
        if self.number > 1 {
            directory += &format!("-{}", self.number);
        }
        match std::env::var("NEXTEST_ATTEMPT").ok().and_then(|attempt| attempt.parse::<u32>().ok()) {
            Some(attempt) if attempt > 1 => directory + &format!("-attempt-{attempt}"),
            _ => directory,
        }
    }

    /// The command that runs it again with this seed, in the time and at the place that the environment has chosen.
    pub(crate) fn command(&self, seed: u64) -> String {
        let chosen = [SIMULATED_VARIABLE, PLACE_VARIABLE].map(|name| Some((name, std::env::var(name).ok()?)));
        self.command_with([(SEED_VARIABLE, seed.to_string())].into_iter().chain(chosen.into_iter().flatten()))
    }

    /// The command that runs it again with these variables in its environment.
    pub(crate) fn command_with(&self, variables: impl IntoIterator<Item = (&'static str, String)>) -> String {
        let set: String = variables.into_iter().map(|(name, value)| format!("{name}={value} ")).collect();
        set + &self.command_line()
    }

    fn command_line(&self) -> String {
        let program = std::env::current_exe().unwrap_or_default();
        let parent = program.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        let (stem, package) = (stem(&program), std::env::var("CARGO_PKG_NAME"));
        match (parent, package) {
            (Some("deps"), Ok(package)) => {
                let ignored = if asks_for_ignored() { " --ignored" } else { "" };
                let target = target(&stem, &package);
                format!("cargo test -p {package}{target} -- --exact {}{ignored}", self.name)
            }
            (Some("examples"), Ok(package)) => format!("cargo run -p {package} --example {stem}"),
            _ => std::env::args().collect::<Vec<_>>().join(" "),
        }
    }
}

/// Which of the clusters of a test comes next, from 1.
fn next_number(name: &str) -> usize {
    static NUMBERS: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);
    let mut numbers = lock(&NUMBERS);
    let number = numbers.get_or_insert_default().entry(name.to_owned()).or_default();
    *number += 1;
    *number
}

fn asks_for_ignored() -> bool {
    std::env::args().any(|argument| argument == "--ignored" || argument == "--include-ignored")
}

/// The one test that the command line names.
fn named_exactly() -> Option<String> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let is_exact = arguments.iter().any(|argument| argument == "--exact");
    let mut names = arguments.into_iter().filter(|argument| !argument.starts_with('-'));
    names.next().filter(|_| is_exact)
}

/// The name of the program without cargo's hash.
fn program() -> String {
    stem(&std::env::current_exe().unwrap_or_default())
}

fn stem(program: &Path) -> String {
    let name = program.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    match name.rsplit_once('-') {
        Some((stem, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => stem.to_owned(),
        _ => name,
    }
}

/// The option that selects the target of a test's program; none if it is not known.
fn target(stem: &str, package: &str) -> String {
    if stem == package.replace('-', "_") {
        return " --lib".to_owned();
    }
    let manifest = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let name =
        [stem.to_owned(), stem.replace('_', "-")].into_iter().find(|name| place::is_test_target(&manifest, name));
    name.map(|name| format!(" --test {name}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_of_a_test_is_one_part_of_a_path() {
        let test = |name: &str, number| Test { name: name.to_owned(), number }.directory();
        assert_eq!(test("nested::it_works", 1), "nested.it_works");
        assert_eq!(test("a/b c", 2), "a_b_c-2");
        assert_eq!(test("..", 1), "_..");
    }

    #[test]
    fn cargo_s_hash_is_no_part_of_a_program_s_name() {
        assert_eq!(stem(Path::new("/target/debug/deps/my_test-0123456789abcdef")), "my_test");
        assert_eq!(stem(Path::new("/target/debug/examples/quick-start")), "quick-start");
    }

    #[test]
    fn a_test_is_named_by_its_thread() {
        let test = std::thread::current().name().map(str::to_owned);
        assert_eq!(Test::of_thread(test.as_deref()).name(), "report::test::tests::a_test_is_named_by_its_thread");
    }

    #[test]
    fn the_command_selects_the_target_and_the_test() {
        let test = Test { name: "a::b".to_owned(), number: 1 };
        let command = test.command(7);
        assert!(command.starts_with("CLUSTER_SEED=7 "), "{command}");
        assert!(command.contains("cargo test -p cluster-runtime --lib -- --exact a::b"), "{command}");
    }
}
