use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::Failed;

/// The test tells of its culprit in one of its first lines, and in the first ten of its report.
#[track_caller]
fn names(test: &str, culprit: &str) -> Failed {
    let failed = Failed::run(test);
    let lines = failed.lines();
    let start = lines.iter().position(|line| line.contains(culprit));
    assert!(start.is_some(), "`{culprit}` is not in\n{}", failed.output);
    let report = failed.text(test);
    assert!(report.lines().take(10).any(|line| line.contains(culprit)), "`{culprit}` is not at the top of\n{report}");
    assert!(report.lines().count() <= 200, "the report is long:\n{report}");
    let command = format!("cargo test -p cluster-tests --test report -- --exact failing::{test} --ignored");
    assert!(failed.output.contains(&command) && report.contains(&command), "{}", failed.output);
    for file in ["report.html", "events.jsonl", "topology.svg", "logs"] {
        assert!(failed.report(test).join(file).exists(), "{file} is missing");
    }
    failed
}

#[test]
fn a_panic_in_a_node_names_it() {
    names("panic_in_a_node", "node `db` panicked: the index is corrupt");
}

#[test]
fn a_panic_in_a_task_of_a_node_names_it() {
    names("panic_in_a_task", "node `db` panicked: the compaction has failed");
}

#[test]
fn a_start_that_times_out_names_the_node() {
    names("start_timeout", "not ready: `slow`");
}

#[test]
fn a_start_that_is_blocked_names_the_node_alone() {
    let failed = names("start_that_is_blocked", "not ready: `slow`");
    assert!(failed.output.contains("not as they should be: 1\n  slow is in phase `ready`"), "{}", failed.output);
}

#[test]
fn a_missing_link_is_named() {
    names("missing_link", "silent - leaves.2");
}

#[test]
fn a_killed_daemon_is_named_with_its_output() {
    let failed = names("killed_daemon", "node `db` failed: `sh` was ended by signal 9");
    assert!(failed.output.contains("no space left"), "{}", failed.output);
    assert!(failed.report("killed_daemon").join("files/db").exists(), "the files are missing");
}

#[test]
fn the_command_that_runs_it_again_has_the_seed_that_a_plan_may_be_drawn_from() {
    let failed = Failed::run("panic_with_its_seed");
    let seed = failed.output.lines().find_map(|line| line.strip_prefix("the seed is ")).expect("it says so");
    let command = format!("run it again: CLUSTER_SEED={seed} cargo test ");
    let text = failed.text("panic_with_its_seed");
    assert!(failed.output.contains(&command) && text.contains(&command), "`{command}` is not in\n{}", failed.output);
}

#[test]
fn the_command_that_runs_it_again_has_the_time_and_the_place_of_the_environment() {
    let chosen = [("CLUSTER_SEED", "5"), ("CLUSTER_SIMULATED", "3"), ("CLUSTER_PLACE", "local")];
    let failed = Failed::run_with("panic_with_its_seed", &chosen);
    let seed = failed.output.lines().find_map(|line| line.strip_prefix("the seed is ")).expect("it says so");
    let command = format!("CLUSTER_SEED={seed} CLUSTER_SIMULATED=3 CLUSTER_PLACE=local cargo test ");
    assert!(failed.output.contains(&command), "`{command}` is not in\n{}", failed.output);
}

#[test]
fn a_wrong_assertion_is_named_with_its_place() {
    names("wrong_assertion", "tests/tests/report/failing.rs");
}

#[test]
fn an_error_of_the_test_itself_comes_with_what_is_wrong() {
    names("own_error", "node `db` failed: the disk is full");
}

#[test]
fn an_error_of_a_wait_that_is_boxed_is_told() {
    names("any_error", "the event `message` that the filter accepts (there was none of that name; others were ");
}

#[test]
fn an_error_of_anyhow_comes_with_the_culprit() {
    let failed = names("anyhow_error", "node `db` failed: the disk is full");
    assert!(failed.output.contains("the first message is lost"), "{}", failed.output);
    let failed = names("anyhow_error_of_its_own", "node `db` failed: the disk is full");
    assert!(failed.output.contains("the answer is 41"), "{}", failed.output);
}

#[test]
fn a_cut_that_never_heals_is_told() {
    names("cut_that_never_heals", "node `b` is running: the event `message`");
    assert!(Failed::run("cut_that_never_heals").output.contains("the cut between `a` and `b`, for"));
}

#[test]
fn a_timeout_of_the_test_itself_names_what_it_waited_for() {
    let failed = names(
        "own_timeout",
        "the test gave up after 0.3 s waiting for `message` of `a` at tests/tests/report/failing.rs:",
    );
    assert!(failed.text("own_timeout").lines().nth(1).is_some_and(|line| line.contains("gave up")));
}

#[test]
fn a_timeout_around_the_whole_test_names_what_it_waited_for() {
    names("own_timeout_of_the_test", "s waiting for `head` of all of `k.1`, `k.2`, `k.3`");
}

#[test]
fn a_timeout_of_the_test_around_its_start_names_the_node() {
    names("own_timeout_of_a_start", "not ready: `slow`");
}

#[test]
fn a_wait_that_is_dropped_by_a_test_that_goes_on_is_not_told() {
    for variables in [&[][..], &[("CLUSTER_WITHOUT_A_STOP", "1")]] {
        let test = "chooses_the_first_of_two_waits";
        let passed = Failed::run_with(test, &[variables, &[("RUST_TEST_NOCAPTURE", "1")]].concat());
        assert!(passed.output.contains("1 passed"), "{}", passed.output);
        assert!(!passed.output.contains("gave up"), "{}", passed.output);
        assert!(!passed.directory.exists(), "a report was written");
    }
}

#[test]
fn a_long_sleep_of_real_time_is_told_at_once() {
    let passed = Failed::run_with("sleeps_for_an_hour", &[]);
    let told = "`sleep(3600s)` of a cluster lets that much real time pass: it is not simulated";
    assert!(passed.output.contains("1 passed") && passed.output.contains(told), "{}", passed.output);
}

#[test]
fn a_failed_wait_after_which_a_test_stops_in_good_order_is_one_line() {
    let passed = Failed::run_with("expects_a_failure", &[("RUST_TEST_NOCAPTURE", "1")]);
    assert!(passed.output.contains("1 passed"), "{}", passed.output);
    let told = passed.output.lines().filter(|line| line.starts_with("a wait failed at ")).count();
    assert_eq!((told, passed.output.contains("run it again")), (1, false), "{}", passed.output);
    assert!(
        passed.output.contains("`never` that the filter accepts (there was none of that name"),
        "{}",
        passed.output
    );
    assert!(!passed.directory.exists(), "a report was written");
}

#[test]
fn a_wait_that_fails_after_the_stop_is_told() {
    names("fails_after_a_stop", "`never`");
}

#[test]
fn the_report_of_each_cluster_of_a_test_has_a_directory() {
    let failed = Failed::run("two_clusters");
    let first = failed.text("two_clusters") + &failed.text("two_clusters-2");
    assert_eq!(first.matches(": both are told of").count(), 2, "{first}");
}

#[test]
fn a_seed_from_which_links_were_drawn_is_part_of_the_command() {
    let failed = Failed::run_with("drawn_links", &[("CLUSTER_SEED", "7")]);
    assert!(failed.output.contains("CLUSTER_SEED=7 cargo test"), "{}", failed.output);
}

#[test]
fn a_test_prints_at_most_forty_lines() {
    let failed = Failed::run("many_causes");
    let lines = failed.lines();
    let end = lines.iter().position(|line| line.starts_with("report: ")).expect("it has a report");
    let start = lines.iter().position(|line| line.starts_with("the test panicked at ")).expect("it says what failed");
    assert!(end - start < 40, "{}", failed.output);
    assert!(failed.output.contains("not as they should be: 30"), "{}", failed.output);
}

#[test]
fn a_test_that_passes_prints_and_writes_nothing() {
    let passed = Failed::run_with("passes", &[("RUST_TEST_NOCAPTURE", "1")]);
    assert!(passed.output.contains("1 passed"), "{}", passed.output);
    assert!(!passed.output.contains("run it again"), "{}", passed.output);
    assert!(!passed.directory.exists(), "a report was written");
}

#[test]
fn a_test_that_passes_without_a_stop_prints_one_line_and_writes_nothing() {
    let passed = Failed::run_with("passes_without_a_stop", &[("RUST_TEST_NOCAPTURE", "1")]);
    assert!(passed.output.contains("1 passed"), "{}", passed.output);
    assert_eq!(passed.output.lines().filter(|line| line.contains("cluster")).count(), 1, "{}", passed.output);
    assert!(!passed.directory.exists(), "a report was written");
}

#[test]
fn an_error_of_a_test_whose_cluster_is_well_comes_with_the_command_that_runs_it_again() {
    let failed = Failed::run_with("own_error_of_a_cluster_that_is_well", &[("CLUSTER_SEED", "11")]);
    assert!(failed.output.contains("the answer is 41"), "{}", failed.output);
    assert!(failed.output.contains("run it again: CLUSTER_SEED=11 cargo test "), "{}", failed.output);
}

#[test]
fn a_test_that_fails_with_a_shared_network_tells_of_it() {
    let failed = names("panic_with_a_shared_network", "half of it is left");
    assert!(failed.output.contains("not as they should be: 1\n  k.2 was killed"), "{}", failed.output);
}

#[test]
fn a_test_that_passes_with_a_shared_network_tells_nothing() {
    let passed = Failed::run_with("passes_with_a_shared_network", &[("RUST_TEST_NOCAPTURE", "1")]);
    assert!(passed.output.contains("1 passed") && !passed.output.contains("CLUSTER_"), "{}", passed.output);
    assert!(!passed.directory.exists(), "a report was written");
}

#[test]
fn what_the_workload_of_a_plan_has_survived_is_not_told_as_the_cause() {
    let failed = Failed::run("own_error_after_a_plan");
    assert!(failed.output.contains("the answer is 41"), "{}", failed.output);
    assert!(!failed.output.contains("a wait failed"), "{}", failed.output);
    assert!(failed.output.contains("a plan ran before the test failed"), "{}", failed.output);
    let text = failed.text("own_error_after_a_plan");
    assert!(text.lines().nth(1).is_some_and(|line| line.contains("without `stop()`")), "{text}");
}

#[test]
fn a_failed_wait_is_told_with_its_place() {
    let failed = names("any_error", "a wait failed at tests/tests/report/failing.rs:");
    let line = failed.output.split("failing.rs:").nth(1).and_then(|rest| rest.split(':').next()).expect("it is told");
    let source = include_str!("failing.rs").lines().nth(line.parse::<usize>().expect("a number") - 1);
    assert!(source.is_some_and(|line| line.contains("wait_for(\"message\"")), "{source:?}");
}

#[test]
fn a_failed_start_is_told_with_its_place() {
    names("start_timeout", "a start failed at tests/tests/report/failing.rs:");
}

#[test]
fn a_panic_of_a_program_is_told_past_its_backtrace() {
    let failed = names("panic_of_a_program", "`sh` exited with status 101");
    let told = failed.output.split("run it again").next().expect("it is told");
    assert!(told.contains("the index is corrupt") && !told.contains("kv::main"), "{}", failed.output);
    assert!(failed.text("panic_of_a_program").contains("the index is corrupt"), "it is not in the report");
}

#[test]
fn the_environment_says_when_a_report_is_written() {
    let always = Failed::run_with("passes", &[("CLUSTER_REPORT", "always")]);
    let page = std::fs::read_to_string(always.report("passes").join("report.html")).expect("it is there");
    assert!(page.contains("<h1>nothing failed</h1>") && !page.contains("when it failed"), "it tells of a failure");
    assert!(!page.contains("Missing links"), "the links of nodes that were stopped are not missed");
    let never = Failed::run_with("wrong_assertion", &[("CLUSTER_REPORT", "never")]);
    assert!(!never.directory.exists(), "a report was written");
    assert!(never.output.contains("run it again"), "{}", never.output);
}

#[test]
fn an_undeclared_link_is_told() {
    let failed = names("undeclared_link", "there is a link too many");
    assert!(failed.output.contains("undeclared links: 1\n  k.1 - k.3"), "{}", failed.output);
    let page = std::fs::read_to_string(failed.report("undeclared_link").join("report.html")).expect("it is there");
    assert!(page.contains("link k.1 – k.3: undeclared"), "the page does not show it");
}

#[test]
fn a_warning_is_told_and_no_report_is_written() {
    let passed = Failed::run_with("warns", &[("RUST_TEST_NOCAPTURE", "1")]);
    assert!(passed.output.contains("1 passed"), "{}", passed.output);
    assert!(passed.output.contains("db nearly_full {\"free\":\"3 %\"}"), "{}", passed.output);
    assert!(!passed.directory.exists(), "a report was written");
}

#[test]
fn a_report_is_bounded_and_says_what_is_left_out() {
    let failed = Failed::run("too_much_to_tell");
    let report = failed.report("too_much_to_tell");
    let events = failed.json("too_much_to_tell", "events.jsonl");
    assert!(events[0]["left_out"].as_u64().is_some_and(|left_out| left_out > 0), "{}", events[0]);
    let read = |file: &str| std::fs::read_to_string(report.join(file)).expect("it is there");
    assert!(read("report.html").contains("older events are left out of this page"), "the page does not say it");
    assert!(read("logs/k.1.log").contains("older lines are left out"), "the log does not say it");
    let files = ["report.html", "report.txt", "events.jsonl", "topology.svg"].map(|file| report.join(file));
    let logs = std::fs::read_dir(report.join("logs")).expect("it is there").map(|log| log.expect("it is there").path());
    let bytes = |file: std::path::PathBuf| std::fs::metadata(file).expect("it is there").len();
    let all: u64 = files.into_iter().chain(logs).map(bytes).sum();
    assert!((10 << 20..20_000_000).contains(&all), "{all} bytes");
}

#[test]
fn a_cluster_that_no_thread_of_a_test_declares_is_named_by_the_harness() {
    let failed = Failed::run_with("on_a_worker", &[("NEXTEST_TEST_NAME", "nested::on_a_worker")]);
    assert!(failed.directory.join("nested.on_a_worker").exists(), "{}", failed.output);
    let failed = Failed::run("on_a_worker");
    assert!(failed.text("on_a_worker").contains("on a worker"), "{}", failed.output);
}

#[test]
fn the_attempt_of_a_retry_is_part_of_the_name() {
    let failed = Failed::run_with("wrong_assertion", &[("NEXTEST_ATTEMPT", "2")]);
    assert!(failed.report("wrong_assertion-attempt-2").exists(), "{}", failed.output);
}

#[test]
fn the_journal_is_written_as_lines_of_json() {
    let failed = Failed::run("wrong_assertion");
    let events = failed.json("wrong_assertion", "events.jsonl");
    let connected = events.iter().filter(|event| event["name"] == "connected" && event["section"] == "p2p").count();
    assert_eq!(connected, 12, "{events:?}");
    assert!(events.iter().all(|event| event["time"].as_str().is_some_and(|time| time.ends_with('Z'))), "{events:?}");
}

#[test]
fn a_test_that_is_ended_by_sigterm_tells_what_is_wrong() {
    let failed = Failed::run_until("too_slow", &[], "paused", |process, _| {
        kill_process(Pid::from_child(process), Signal::TERM).expect("it runs");
    });
    assert!(failed.output.contains("the test was ended by SIGTERM"), "{}", failed.output);
    assert!(failed.output.contains("hub is paused"), "{}", failed.output);
    let top = failed.text("too_slow").lines().take(10).collect::<Vec<_>>().join("\n");
    assert!(top.contains("it has waited for `message` of `leaves.1` for "), "{top}");
    assert!(failed.text("too_slow").contains("hub is paused"), "{}", failed.output);
}

#[test]
fn a_test_that_is_killed_leaves_its_last_event_where_a_report_is_always_written() {
    let killed = Failed::run_with("killed_by_itself", &[("CLUSTER_REPORT", "always")]);
    assert!(!killed.output.contains("test result"), "it was not killed:\n{}", killed.output);
    let events = killed.json("killed_by_itself", "events.jsonl");
    let last = events.last().map(|event| (&event["node"], &event["value"]));
    assert_eq!(last, Some((&json!("db"), &json!("the last words"))), "{events:?}");
    assert_eq!(events[0]["name"], "identity", "the first events are missing: {events:?}");
}

#[test]
fn a_test_that_is_killed_leaves_a_report_to_read_where_one_is_always_written() {
    let killed = Failed::run_until("too_slow", &[("CLUSTER_REPORT", "always")], "paused", |process, reports| {
        // The text is written before the page.
        let page = reports.join("failing.too_slow/report.html");
        let begun = std::time::Instant::now();
        let read = || std::fs::read_to_string(&page).unwrap_or_default();
        while !read().contains("aria-label=\"hub: paused\"") {
            assert!(begun.elapsed() < Duration::from_secs(30), "{} does not show it", page.display());
            std::thread::yield_now();
        }
        assert!(read().contains("when this was written") && !read().contains("when it failed"), "it has not failed");
        kill_process(Pid::from_child(process), Signal::KILL).expect("it runs");
    });
    let text = killed.text("too_slow");
    let top: Vec<_> = text.lines().take(10).collect();
    for part in [
        "the test has not ended: it was killed, or it still runs",
        "run it again: CLUSTER_SEED=",
        "--exact failing::too_slow",
    ] {
        assert!(top.iter().any(|line| line.contains(part)), "`{part}` is not at the top of\n{text}");
    }
    let paused = killed.json("too_slow", "events.jsonl").into_iter().find(|event| event["name"] == "paused");
    assert_eq!(paused.map(|event| event["node"].clone()), Some(json!("hub")));
    assert!(text.contains("hub is paused"), "the text does not tell it:\n{text}");
}

#[test]
fn the_events_of_a_test_that_is_killed_are_cut_where_they_are_too_many() {
    let killed = Failed::run_with("flooded", &[("CLUSTER_REPORT", "always")]);
    let (earlier, newest) = (killed.json("flooded", "events.earlier.jsonl"), killed.json("flooded", "events.jsonl"));
    let left_out = newest[0]["left_out"].as_u64().expect("it says how many are left out");
    let numbers: Vec<_> = earlier.iter().chain(&newest).filter_map(|event| event["number"].as_u64()).collect();
    assert_eq!(numbers, (left_out..left_out + numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(newest.last().map(|event| &event["value"]["index"]), Some(&json!(39_999)));
    let bytes = |file| std::fs::metadata(killed.report("flooded").join(file)).expect("it is there").len();
    assert!(
        left_out > 0 && bytes("events.jsonl") + bytes("events.earlier.jsonl") <= 7 << 20,
        "{left_out} are left out"
    );
}

#[test]
fn events_are_printed_as_they_come_if_asked_for() {
    let printed = Failed::run_with("passes", &[("CLUSTER_LOG", "k.1=info"), ("RUST_TEST_NOCAPTURE", "1")]);
    let lines = printed.lines();
    assert!(
        lines.iter().any(|line| line.starts_with("[k.1] ") && line.contains("p2p connected")),
        "{}",
        printed.output
    );
    assert!(!printed.output.contains("[k.2]") && !printed.output.contains("cluster.phase"), "{}", printed.output);
}

#[test]
fn a_long_start_shows_its_progress_on_a_terminal_only() {
    let progress = "ready 1 of 2, waiting for slow: its leader";
    assert!(!Failed::run_with("slow_start", &[("RUST_TEST_NOCAPTURE", "1")]).output.contains(progress));
    let Some(shown) = Failed::run_on_a_terminal("slow_start", &[("RUST_TEST_NOCAPTURE", "1")]) else { return };
    assert!(shown.output.contains(progress), "{}", shown.output);
    let captured = Failed::run_on_a_terminal("slow_start", &[]).expect("there is a terminal");
    assert!(!captured.output.contains(progress), "{}", captured.output);
}
