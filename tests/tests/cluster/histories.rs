//! What a workload has asked of a cluster, as Jepsen writes it.

use std::collections::BTreeMap;

use clojure_reader::edn::{Edn, read_string};
use cluster_runtime::{Result, cluster};
use serde_json::{Value, json};

/// The lines without their times, which are checked to be in order.
fn timeless(edn: &str) -> Vec<String> {
    let lines = edn
        .lines()
        .map(|line| line.strip_suffix('}').expect("a line is a map").split_once(", :time ").expect("it has a time"));
    let (lines, times): (Vec<_>, Vec<u64>) =
        lines.map(|(line, time)| (format!("{line}}}"), time.parse::<u64>().expect("it is a number"))).unzip();
    assert!(times.is_sorted(), "{edn}");
    lines
}

#[tokio::test]
async fn operations_are_written_as_jepsen_writes_them() -> Result {
    let net = cluster! { a }.start().await?;
    let write = net.operation("write", 1);
    let read = net.operation("read", Value::Null);
    write.ok(1);
    net.operation("cas", json!([1, 2])).failed();
    read.ok(json!({ "word": "one" }));
    net.operation("no keyword", "text").unknown();
    // A process whose last outcome is unknown does nothing more.
    drop(net.operation("write", 2));
    net.operation("write", 3).ok(3);
    assert_eq!(
        timeless(&net.history().to_edn()),
        [
            "{:index 0, :type :invoke, :f :write, :value 1, :process 0}",
            "{:index 1, :type :invoke, :f :read, :value nil, :process 1}",
            "{:index 2, :type :ok, :f :write, :value 1, :process 0}",
            "{:index 3, :type :invoke, :f :cas, :value [1 2], :process 0}",
            "{:index 4, :type :fail, :f :cas, :value [1 2], :process 0}",
            "{:index 5, :type :ok, :f :read, :value {:word \"one\"}, :process 1}",
            "{:index 6, :type :invoke, :f \"no keyword\", :value \"text\", :process 0}",
            "{:index 7, :type :info, :f \"no keyword\", :value \"text\", :process 0}",
            "{:index 8, :type :invoke, :f :write, :value 2, :process 1}",
            "{:index 9, :type :info, :f :write, :value 2, :process 1}",
            "{:index 10, :type :invoke, :f :write, :value 3, :process 2}",
            "{:index 11, :type :ok, :f :write, :value 3, :process 2}",
        ]
    );
    net.stop().await
}

/// A field of an operation.
fn field<'a>(operation: &'a Edn<'a>, name: &'static str) -> &'a Edn<'a> {
    operation.get(&Edn::Key(name)).unwrap_or_else(|| panic!("{operation} has no {name}"))
}

#[tokio::test]
async fn a_reader_of_edn_finds_what_jepsen_asks_of_a_history() -> Result {
    let net = cluster! { a }.start().await?;
    for (number, word) in ["plain", "with \"quotes\" and \\", "of two\nlines", "ünïcödé"].into_iter().enumerate() {
        let (first, second) = (net.operation("write", word), net.operation("cas", json!([number, { "to": word }])));
        match number % 3 {
            0 => first.ok(word),
            1 => first.failed(),
            _ => first.unknown(),
        }
        second.ok(json!({ "no key word": [true, null, -1] }));
    }
    let history = net.history().to_edn();
    let operations: Vec<_> = history.lines().map(|line| read_string(line).expect("a line is EDN")).collect();
    assert_eq!(operations.len(), 16);
    let (mut open, mut last) = (BTreeMap::new(), 0);
    for (number, operation) in operations.iter().enumerate() {
        assert_eq!(field(operation, "index"), &Edn::Int(number as i64));
        let Edn::Int(time) = field(operation, "time") else { panic!("{operation} has no time") };
        assert!(*time >= last, "{operation} is out of order");
        last = *time;
        let (Edn::Int(process), Edn::Key(f)) = (field(operation, "process"), field(operation, "f")) else {
            panic!("{operation} has no process, or does nothing")
        };
        let begun = match field(operation, "type") {
            Edn::Key("invoke") => {
                assert_eq!(open.insert(process, f), None, "a process does one thing at a time: {operation}");
                continue;
            }
            Edn::Key("ok" | "fail" | "info") => open.remove(process),
            other => panic!("{other} is no type"),
        };
        assert_eq!(begun, Some(f), "it was not invoked: {operation}");
    }
    assert!(open.is_empty(), "{open:?} have not ended");
    let Edn::Str(text) = field(&operations[4], "value") else { panic!("{} has no text", operations[4]) };
    assert_eq!(*text, r#"with \"quotes\" and \\"#, "a reader leaves what is escaped as it is");
    net.stop().await
}

#[tokio::test]
async fn operations_are_in_the_journal_among_what_else_happens() -> Result {
    let net = cluster! { a }.start().await?;
    let write = net.operation("write", 1);
    net.a.kill().await?;
    write.unknown();
    let events: Vec<_> =
        net.journal().into_iter().filter(|event| ["invoke", "killed", "info"].contains(&&*event.name)).collect();
    assert_eq!(events.iter().map(|event| &*event.name).collect::<Vec<_>>(), ["invoke", "killed", "info"]);
    assert_eq!(events[0].value, json!({ "f": "write", "process": 0, "value": 1 }));
    assert_eq!(net.history().events()[0].number, events[0].number);
    net.stop().await
}
