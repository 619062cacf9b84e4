use super::{expect, tokens};

fn expand(source: &str) -> String {
    crate::cluster(tokens(&format!("runtime {source}")), |_| {}).to_string()
}

#[test]
fn every_shape_and_every_wiring_takes_conditions() {
    for source in [
        "center; leaves[5]: star(center, latency = 20ms)",
        "k[4]: ring(latency = 5ms) + clique(jitter = 1us); j[3]: line(rate = 10mbit)",
        "a; b; connect(a, b, latency = 40ms, jitter = 5ms, rate = 10mbit)",
        "a; b; a -> b (latency = 40ms)",
        "a; k[4]; a -> k[0] (latency = 40ms); [a, k[1]] -> k[2..] (loss = 0.01); k[i] -> a (latency = delay)",
        "k[9]: grid(3, latency = 1s) + torus(columns = 3, rate = fast); grid(k, columns = 1, loss = 1)",
        "k[8]: hypercube(latency = 1.5s) + wheel(duplicate = 0) + gnp(0.1, connected, reorder = 0.5)",
        "k[8]: shape(pairs, latency = 1ms); shape(k, pairs = |n| line(n, 2), latency = 1ms)",
        "r[3] { gw; n[2]: star(gw, latency = 1ms) }: ring(latency = 50ms); r.gw -> r[0].n (rate = Rate::mbit(1),)",
        "latency; jitter; loss[3]: star(latency, latency = 1ms); connect(latency, jitter, rate = rate)",
        "a; b; connect(a, b, latency = Duration::from_millis(a, b) * 2, loss = p / 2.0)",
    ] {
        expect(source, &[]);
    }
}

#[test]
fn literals_are_read_in_their_unit() {
    let expansion = expand("a; b; connect(a, b, latency = 1.5s, jitter = 1_500us, rate = 10mbit, loss = 0.25)");
    for part in [
        "Duration :: from_nanos (1500000000)",
        "Duration :: from_nanos (1500000)",
        "Rate :: bit (10000000)",
        "loss (0.25f64)",
    ] {
        assert!(expansion.contains(part), "`{part}` is in {expansion}");
    }
    let expansion = expand("a; b; a -> b (latency = 1e3us, rate = 0.5gbit)");
    assert!(expansion.contains("from_nanos (1000000)"), "{expansion}");
    assert!(expansion.contains("bit (500000000)"), "{expansion}");
}

#[test]
fn links_without_conditions_cost_nothing() {
    assert!(!expand("a; k[3]: ring + star(a); connect(a, k[0])").contains("conditioned"));
    assert_eq!(expand("a; k[3]: ring(latency = 1ms) + star(a)").matches("conditioned").count(), 1);
}

#[test]
fn an_expression_is_evaluated_once() {
    let expansion = expand("r[3] { k[4]: ring(latency = slow()) }");
    assert_eq!(expansion.matches("slow ()").count(), 1, "{expansion}");
}

#[test]
fn a_condition_has_its_unit() {
    let time = "is a time in `us`, `ms`, `s`, found";
    for (value, meant) in [
        ("40", "40ms"),
        ("40sec", "40s"),
        ("40msec", "40ms"),
        ("40usec", "40us"),
        ("40micros", "40us"),
        ("40m", "40ms"),
        ("40mbit", "40ms"),
        ("4.5", "4.5ms"),
        ("1e3", "1e3ms"),
        ("-40ms", "40ms"),
        ("--40ms", "40ms"),
        ("\"40 ms\"", "40ms"),
        ("99999999999999999999s", "40s"),
    ] {
        let message = format!("{time} `{value}`\nhelp: `{meant}`");
        expect(&format!("a; b; connect(a, b, latency = {value})"), &[(value, &message)]);
    }
    let rate = "is a rate in `kbit`, `mbit`, `gbit`, found";
    for (value, meant) in
        [("10", "10mbit"), ("10mbps", "10mbit"), ("10kb", "10kbit"), ("1Gbit", "1gbit"), ("10ms", "10mbit")]
    {
        expect(&format!("k[4]: ring(rate = {value})"), &[(value, &format!("{rate} `{value}`\nhelp: `{meant}`"))]);
    }
    expect("k[3]: ring(latency = 40 ms)", &[("40 ms", "one word\nhelp: `40ms`")]);
}

#[test]
fn a_probability_is_between_0_and_1() {
    let number = "from 0 to 1 without a unit, found";
    for (value, meant) in
        [("1.5", "0.015"), ("5", "0.05"), ("-0.1", "0.1"), ("1%", "0.01"), ("0.5%", "0.005"), ("1ms", "0.1")]
    {
        expect(&format!("k[3]: ring(loss = {value})"), &[(value, &format!("{number} `{value}`\nhelp: `{meant}`"))]);
    }
}

#[test]
fn a_condition_is_one_that_there_is() {
    for (name, meant) in [
        ("delay", "latency"),
        ("lag", "latency"),
        ("latencey", "latency"),
        ("bandwidth", "rate"),
        ("drop", "loss"),
        ("packet_loss", "loss"),
    ] {
        expect(&format!("a; b; connect(a, b, {name} = 1)"), &[(name, &format!("did you mean `{meant}`?"))]);
        expect(&format!("a; b; a -> b ({name} = 1)"), &[(name, &format!("did you mean `{meant}`?"))]);
    }
    expect("k[3]: ring(quality = 3)", &[("quality", "`ring` takes no `quality`\nhelp: it takes `latency`, `jitter`")]);
}

#[test]
fn a_condition_is_given_once_and_last() {
    expect("k[3]: ring(latency = 1ms, latency = 2ms)", &[("latency = 2ms", "twice"), ("latency = 1ms", "first given")]);
    expect(
        "a; b; connect(a, latency = 1ms, b)",
        &[("b", "nodes come before parameters and conditions\nhelp: `connect(a, b, latency = 1ms)`")],
    );
    expect(
        "k[9]; grid(k, latency = 1ms, columns = 3)",
        &[(
            "columns = 3",
            "parameters come before the conditions of links\nhelp: `grid(k, columns = 3, latency = 1ms)`",
        )],
    );
    expect("k[9]: grid(latency = 1ms, 3)", &[("3", "help: `grid(3, latency = 1ms)`")]);
}

#[test]
fn a_condition_has_a_name_and_a_value() {
    expect("a; b; connect(a, b, 40ms)", &[("40ms", "named\nhelp: `latency = 40ms`")]);
    expect("a; b; a -> b (10mbit)", &[("10mbit", "named\nhelp: `rate = 10mbit`")]);
    expect("k[3]: ring(40ms)", &[("40ms", "named\nhelp: `latency = 40ms`")]);
    expect("k[9]; grid(k, columns = 3, 40ms)", &[("40ms", "named\nhelp: `latency = 40ms`")]);
    expect(
        "a; b; connect(a, b, latency = )",
        &[("=", "a value is missing after `latency =`\nhelp: as in `latency = 40ms`")],
    );
    expect("k[3]: ring(latency: 40ms)", &[(":", "expected `=` after `latency`")]);
    expect("a; b; connect(a, b, latency: 40ms)", &[(":", "expected `=` after `latency`")]);
    expect(
        "a; b; connect(a, b, latency 40ms)",
        &[("40ms", "expected `=` after `latency`, found `40ms`\nhelp: `= 40ms`")],
    );
    expect("a; b; connect(a, b latency = 1ms)", &[("latency", "expected `,` after `b`")]);
    expect("a; k[3] ring(latency = 1ms)", &[("ring", "help: `k[3]: ring(latency = 1ms)`")]);
}

#[test]
fn a_link_has_one_value_of_each_condition() {
    expect(
        "c; k[3]: star(c, latency = 20ms); connect(k[1], c, latency = 30ms)",
        &[
            ("latency = 30ms", "`c` and `k.2` are linked with `latency = 20ms` already"),
            ("latency = 20ms", "first given"),
        ],
    );
    expect(
        "a; b; a -> b (loss = 0.1); b -> a (loss = 0.2)",
        &[("loss = 0.2", "linked with `loss = 0.1` already"), ("loss = 0.1", "first given")],
    );
    expect(
        "r[2] { a; b[2]: star(a, rate = 1mbit); connect(a, b[0], rate = 2mbit) }",
        &[("rate = 2mbit", "`r.1.a` and `r.1.b.1` are linked"), ("rate = 1mbit", "first given")],
    );
    for same in [
        "a; b; connect(a, b); connect(b, a, latency = 20ms)",
        "a; b; connect(a, b, latency = 1s); a -> b (latency = 1000ms)",
        "a; b; connect(a, b, latency = 1s); connect(a, b, jitter = 1ms)",
        "k[4]: ring(latency = 1ms); connect(k[0], k[2], latency = 2ms)",
        "k[N]: ring(latency = 1ms) + clique(latency = 2ms); j[3]: ring(latency = t) + clique(latency = 2ms)",
    ] {
        expect(same, &[]);
    }
}
