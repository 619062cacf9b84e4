//! What cannot be done on other hosts is refused before anything runs.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use cluster_daemons::yggdrasil;
use cluster_runtime::place::Remote;
use cluster_runtime::{Result, Service, cluster};
use cluster_tests::{alone, is_installed, sleeper, until};

use super::{by_command, until_nothing_is_left};

#[tokio::test]
async fn conditions_and_control_of_links_are_refused() -> Result {
    let net = cluster! { a = sleeper(); b = sleeper(); connect(a, b, latency = 40ms); };
    let error = net.start().on(by_command()).public(true).await.expect_err("it cannot").to_string();
    assert!(error.contains("on other hosts"), "{error}");
    let net = cluster! { a = sleeper(); b = sleeper(); connect(a, b); };
    let error = net.start().on(by_command()).public(true).link_control(true).await.expect_err("it cannot").to_string();
    assert!(error.contains("on other hosts"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_cut_is_refused() -> Result {
    let net = cluster! { a = sleeper(); b = sleeper(); connect(a, b); }.start().on(by_command()).public(true).await?;
    let error = net.cut(&net.a, &net.b).await.expect_err("it cannot").to_string();
    assert!(error.contains("on other hosts"), "{error}");
    net.stop().timeout(Duration::from_secs(10)).await
}

#[tokio::test]
async fn nodes_in_the_process_of_the_test_are_refused() -> Result {
    let service = Service::new(async |_node| Ok::<_, std::io::Error>(()));
    let net = cluster! { a; b = service; c = sleeper(); };
    let error = net.start().on(by_command()).public(true).await.expect_err("they are here").to_string();
    assert!(error.contains("`a`") && error.contains("`b`") && !error.contains("`c`"), "{error}");
    Ok(())
}

/// Makes three hosts in network namespaces of its own, and runs a test of this binary among them. Its user is root there.
const AMONG_HOSTS: &str = r#"
set -e
mount -t tmpfs tmpfs /run
mkdir /run/netns
ip link set lo up
ip link add middle type bridge forward_delay 0
ip addr add 10.99.0.254/24 dev middle
ip link set middle up
for i in 1 2 3; do
    ip netns add h$i
    ip link add p$i type veth peer name e0 netns h$i
    ip link set p$i master middle up
    ip -n h$i link set lo up
    ip -n h$i link set e0 up
    ip -n h$i addr add 10.99.0.$i/24 dev e0
done
exec "$@" --nocapture
"#;

/// Whether that can be.
const TRIAL: &str =
    "mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add h1 && ip netns exec h1 nft list ruleset";

/// Runs a test among hosts, or tells why that cannot be.
pub fn among_hosts(test: &str) {
    let unshare = if rustix::process::geteuid().is_root() {
        &["--net", "--mount"][..]
    } else {
        &["--user", "--map-root-user", "--net", "--mount"]
    };
    let tried = Command::new("unshare").args(unshare).args(["sh", "-c", TRIAL]).output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        // Past the harness, which captures what is printed.
        drop(writeln!(std::io::stderr(), "skipped: no network namespaces with `ip` and `nft` can be had for `{test}`"));
        return;
    }
    let test = alone(test);
    let mut run = Command::new("unshare");
    run.args(unshare).args(["sh", "-c", AMONG_HOSTS, "sh"]).arg(test.get_program()).args(test.get_args());
    let output = run.output().expect("it was tried");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("1 passed"), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// Those where links can be cut.
pub fn hosts() -> Remote {
    Remote::command(["ip", "netns", "exec", "{host}"], super::HOSTS)
        .with_faults()
        .address("h1", [10, 99, 0, 1])
        .address("h2", [10, 99, 0, 2])
        .address("h3", [10, 99, 0, 3])
}

#[test]
fn a_cut_between_hosts_lets_nothing_across() {
    among_hosts("faults::cut_among_hosts");
}

#[tokio::test]
#[ignore = "another test runs it among hosts"]
async fn cut_among_hosts() -> Result {
    if !is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); a; b: connect(a); c: connect(a) }
        .start()
        .on(hosts())
        .wait_connections(true)
        .await?;
    for manner in ["drop", "refuse"] {
        let cut = net.cut(&net.a, &net.b);
        let cut = if manner == "refuse" { cut.refuse().await? } else { cut.await? };
        cut.wait_bitten().await?;
        let identities = net.a.connections().await?;
        assert!(
            identities.iter().any(|peer| peer.name.as_deref() == Some("c")),
            "nobody else is cut off: {identities:?}"
        );
        cut.heal().await?;
        let evidence = cut.evidence();
        assert!(evidence.packets > 0, "{manner}: {evidence:?}");
        assert_eq!(evidence.crossed, 0, "{manner}: {evidence:?}");
        net.wait_connections().timeout(Duration::from_secs(90)).await?;
    }
    let directory = net.a.dir()?;
    drop(net);
    until_nothing_is_left(&directory).await;
    until("the tables of rules are gone", || tables().is_empty()).await;
    Ok(())
}

/// The tables of rules on all hosts, where links can be cut.
pub fn tables() -> String {
    let of = |host| Command::new("ip").args(["netns", "exec", host, "nft", "list", "tables"]).output();
    super::HOSTS.into_iter().flat_map(of).map(|listed| String::from_utf8_lossy(&listed.stdout).into_owned()).collect()
}

#[test]
fn two_nodes_of_a_host_cannot_be_cut_off_from_each_other() {
    among_hosts("faults::shared_host");
}

#[tokio::test]
#[ignore = "another test runs it among hosts"]
async fn shared_host() -> Result {
    let net =
        cluster! { a = sleeper(); b = sleeper(); connect(a, b); }.start().on(hosts().pack(2)).public(true).await?;
    let error = net.cut(&net.a, &net.b).await.expect_err("it cannot").to_string();
    assert!(error.contains("have the same address, 10.99.0.1, so that their packets cannot be told apart"), "{error}");
    net.stop().await
}
