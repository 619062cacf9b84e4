//! The page of a report in a browser.

use std::time::Instant;

use serde_json::json;

use super::Failed;
use super::browser::Browser;

fn opened(name: &str, test: &str) -> Option<(Browser, Failed)> {
    let mut browser = Browser::start(name)?;
    let failed = Failed::run(test);
    browser.open(&failed.report(test).join("report.html"));
    Some((browser, failed))
}

/// The classes of the link between two nodes.
fn link(browser: &mut Browser, name: &str) -> String {
    let class = browser.value(&format!("document.querySelector('[data-name=\"{name}\"]').getAttribute('class')"));
    class.as_str().expect("it is there").to_owned()
}

fn node(browser: &mut Browser, name: &str) -> String {
    let label = browser
        .value(&format!("document.querySelector('#graph .node[aria-label^=\"{name}:\"]').getAttribute('aria-label')"));
    label.as_str().expect("it is there").to_owned()
}

#[test]
fn the_scrubber_moves_all_panes() {
    let Some((mut browser, _failed)) = opened("scrubber", "eventful") else { return };
    assert_eq!(node(&mut browser, "k.4"), "k.4: dead");
    assert_eq!(node(&mut browser, "leaves.5"), "leaves.5: paused");
    assert_eq!(link(&mut browser, "k.1 – k.2"), "link l4", "it is cut when the test fails");
    assert_eq!(link(&mut browser, "k.1 – k.4"), "link l3", "it is lost when the test fails");
    let at_failure = browser.text("#moment-text");

    browser.focus("#moment");
    browser.press("Home");
    assert_eq!(node(&mut browser, "k.4"), "k.4: not started");
    assert_eq!(link(&mut browser, "k.1 – k.2"), "link l2", "it was not up yet");
    assert!(browser.text("#moment-text").starts_with("0 of "));
    for _ in 0..3 {
        browser.press("ArrowRight");
    }
    assert!(browser.text("#moment-text").starts_with("3 of "));
    assert_eq!(browser.text(".event.now .s"), "cluster.phase", "the log goes to the moment");

    let left = browser.value("document.querySelector('#cursor').style.left");
    browser.press("f");
    assert_eq!(browser.text("#moment-text"), at_failure);
    assert_ne!(
        browser.value("document.querySelector('#cursor').style.left"),
        left,
        "the cursor of the lanes has moved"
    );
    browser.press("[");
    browser.press("]");
    browser.click("#scrubber button", "|◀");
    assert!(browser.text("#moment-text").starts_with("0 of "));
    browser.click("#scrubber button", "failure");
    assert_eq!(browser.text("#moment-text"), at_failure);
    assert_eq!(browser.console, [""; 0]);
}

#[test]
fn a_click_on_a_node_or_a_link_selects_its_events_everywhere() {
    let Some((mut browser, _failed)) = opened("selection", "eventful") else { return };
    browser.click("#graph .node", "k.3: running");
    assert_eq!(browser.text("#selected"), "k.3 ✕");
    let nodes = "[...new Set([...document.querySelectorAll('.event .n')].map(e => e.textContent))].join()";
    assert_eq!(browser.value(nodes), "k.3");
    let pressed = "[...document.querySelectorAll('.lane .name[aria-pressed=true]')].map(e => e.textContent).join()";
    assert_eq!(browser.value(pressed), "k.3");
    browser.press("Escape");
    assert_eq!(browser.value("document.querySelector('#selected').hidden"), true);

    browser.click(".lane .name", "leaves.2");
    assert_eq!(browser.value(nodes), "leaves.2");
    browser.click("#selected", "leaves.2");

    browser.value("document.querySelector('[data-name=\"center – leaves.1\"]').dispatchEvent(new MouseEvent('click', { bubbles: true }))");
    assert_eq!(browser.value(nodes), "center,leaves.1");
    let others = "[...document.querySelectorAll('.event .e')].filter(e => !/connected/.test(e.textContent)).length";
    assert_eq!(browser.value(others), 0, "only events of the link are shown");
    browser.press("Escape");

    browser.focus("#graph .node");
    browser.press("ArrowRight");
    browser.press("Enter");
    assert_eq!(browser.text("#selected"), "leaves.1 ✕", "a node is selected by the keyboard");
    assert_eq!(browser.console, [""; 0]);
}

#[test]
fn the_log_is_filtered_by_node_section_level_and_text() {
    let Some((mut browser, _failed)) = opened("filters", "eventful") else { return };
    let shown = |browser: &mut Browser, part: &str| {
        let all = format!(
            "[...new Set([...document.querySelectorAll('.event .{part}')].map(e => e.textContent))].sort().join()"
        );
        browser.value(&all).as_str().expect("a text").to_owned()
    };
    browser.press("/");
    browser.type_text("bold");
    assert!(browser.text("#log-count").contains(" of "));
    assert!(browser.text(".event .e").contains("one <b>bold</b> & \\\"quoted\\\" </script> text"));
    browser.press("Escape");

    browser.focus("#by-node");
    browser.type_text("leaves");
    assert_eq!(shown(&mut browser, "n"), "leaves.1,leaves.2,leaves.3,leaves.4,leaves.5");
    browser.press("Escape");

    let choose = |browser: &mut Browser, field: &str, value: &str| {
        browser.value(&format!(
            "(e => {{ e.value = {value:?}; e.dispatchEvent(new Event('input')) }})(document.querySelector({field:?}))"
        ));
    };
    choose(&mut browser, "#by-section", "cluster.fault");
    assert_eq!(shown(&mut browser, "n"), "cluster");
    browser.press("Escape");
    choose(&mut browser, "#by-level", "2");
    assert_eq!(shown(&mut browser, "l"), "notice");
    browser.focus("#log");
    browser.press("Home");
    let now = "document.querySelector('.event.now').getAttribute('aria-posinset')";
    assert_eq!(browser.value(now), "1");
    browser.press("ArrowDown");
    assert_eq!(browser.value(now), "2", "the events are walked by the keyboard");
    assert_eq!(browser.console, [""; 0]);
}

#[test]
fn a_page_has_both_colour_schemes_and_loads_nothing() {
    let Some((mut browser, failed)) = opened("colours", "eventful") else { return };
    let colours = "(s => [s.backgroundColor, s.color].join())(getComputedStyle(document.documentElement))";
    let mut seen = Vec::new();
    for scheme in ["light", "dark"] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.call("Emulation.setEmulatedMedia", features);
        seen.push(browser.value(colours));
        picture(&mut browser, scheme);
    }
    assert_ne!(seen[0], seen[1]);
    assert_eq!(browser.value("performance.getEntriesByType('resource').length"), 0);
    let page = std::fs::metadata(failed.report("eventful").join("report.html")).expect("it is there");
    assert!(page.len() < 150 << 10, "{} bytes", page.len());
    assert_eq!(browser.console, [""; 0]);
}

#[test]
fn a_page_tells_its_story_without_scripts() {
    let Some(mut browser) = Browser::start("plain") else { return };
    let failed = Failed::run("eventful");
    browser.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.open(&failed.report("eventful").join("report.html"));
    let text = browser.value("document.body.innerText");
    let text = text.as_str().expect("a text");
    for part in [
        "two comes: node `k.2` is running",
        "leaves.5 is paused",
        "k.4 - center: k.4 was killed",
        "the cut between `k.1` and `k.2`",
        "--exact failing::eventful",
        "gossip message",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    for control in ["every event the same width", "▶|", "debug and above", "copy"] {
        assert!(!text.contains(control), "`{control}` has no function here, and is in\n{text}");
    }
    assert_eq!(browser.value("document.querySelectorAll('#graph .node.n4').length"), 1);
    picture(&mut browser, "plain");
}

/// Saves a picture of the page, in base 64, where `CLUSTER_PICTURES` names a directory for it.
fn picture(browser: &mut Browser, name: &str) {
    let Some(directory) = std::env::var_os("CLUSTER_PICTURES") else { return };
    let picture = browser.call("Page.captureScreenshot", json!({ "captureBeyondViewport": true }));
    let path = std::path::PathBuf::from(directory).join(format!("{name}.b64"));
    std::fs::write(path, picture["data"].as_str().expect("a text")).expect("it can be written");
}

#[test]
fn the_groups_of_a_large_network_are_aggregated_and_can_be_unfolded() {
    let Some((mut browser, _failed)) = opened("groups", "large_groups") else { return };
    let symbols = browser.value("document.querySelectorAll('#graph .node').length");
    assert!(symbols.as_u64().is_some_and(|symbols| symbols <= 150), "{symbols} symbols");
    assert_eq!(node(&mut browser, "k × 500"), "k × 500: 499 running, 1 dead");
    let scale = "document.querySelector('#graph').getScreenCTM().a";
    assert!(browser.value(scale).as_f64().is_some_and(|scale| scale < 0.75), "it is drawn small");
    browser.click("#actual", "actual size");
    assert_eq!(browser.value(scale), 1.0);
    let lane = "[...document.querySelectorAll('.lane .name')].some(e => e.textContent === 'k.2')";
    assert_eq!(browser.value(lane), false);
    browser.value("[...document.querySelectorAll('.fold')].find(e => e.getAttribute('aria-label') === 'the nodes of k × 500').click()");
    picture(&mut browser, "groups");
    assert_eq!(browser.value(lane), true, "the group is not unfolded");
    assert_eq!(browser.console, [""; 0]);
}

#[test]
fn the_page_of_ten_thousand_nodes_opens_and_is_replayed() {
    let Some(mut browser) = Browser::start("large") else { return };
    let failed = Failed::run_with("large_network", &[("CLUSTER_LARGE", "10000"), ("CLUSTER_LARGE_SIMULATED", "1")]);
    let began = Instant::now();
    browser.open(&failed.report("large_network").join("report.html"));
    println!("opened in {:?}", began.elapsed());
    assert_eq!(node(&mut browser, "k × 9,999"), "k × 9,999: 9999 running");
    // The hub has reported more than its log keeps.
    assert_eq!(node(&mut browser, "hub"), "hub: running");
    assert_eq!(link(&mut browser, "hub – k × 9,999, 9999 links"), "link l1");
    let label = browser.value("document.querySelector('#graph').getAttribute('aria-label')");
    assert_eq!(label, "the network: 10000 nodes, 19998 links");
    browser.focus("#moment");
    browser.press("Home");
    assert_eq!(node(&mut browser, "k × 9,999"), "k × 9,999: 9999 not started");
    browser.focus("#by-node");
    browser.type_text("k.9999");
    assert!(browser.text("#log-count").contains(" of "), "the events are not filtered");
    assert_eq!(browser.console, [""; 0]);
}

#[test]
fn the_page_of_a_failed_start_shows_the_moment_before_its_nodes_were_stopped() {
    let Some((mut browser, _failed)) = opened("failed-start", "missing_link") else { return };
    assert_eq!(node(&mut browser, "silent"), "silent: running");
    assert_eq!(link(&mut browser, "leaves.2 – silent"), "link l2");
    assert_eq!(link(&mut browser, "hub – leaves.1"), "link l1");
    browser.click("#scrubber button", "▶|");
    assert_eq!(node(&mut browser, "silent"), "silent: dead");
    assert_eq!(browser.console, [""; 0]);
}
