//! Which node is on which host, and hosts that cannot be had.

use std::net::IpAddr;

use cluster_runtime::place::Remote;
use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Node, Result, cluster, start};
use cluster_tests::sleeper;

use super::{by_command, by_each_way, until_nothing_is_left};

by_each_way!(nodes_are_spread_over_hosts_except_where_one_is_named, two_nodes_of_a_host_have_their_own_ports);

async fn nodes_are_spread_over_hosts_except_where_one_is_named(hosts: Remote) -> Result {
    let net = cluster! { nodes[4] = sleeper(); last = sleeper(); }
        .start()
        .on(hosts.host("nodes.1", "h3").host("last", "h3"))
        .public(true)
        .await?;
    let hosts = net.nodes().iter().map(|node| node.addr().ip().to_string()).collect::<Vec<_>>();
    assert_eq!(hosts, ["127.0.0.3", "127.0.0.1", "127.0.0.2", "127.0.0.1", "127.0.0.3"]);
    net.stop().await
}

async fn two_nodes_of_a_host_have_their_own_ports(hosts: Remote) -> Result {
    let kind = sleeper().port("admin").identity(async |node: ProcessContext| {
        Ok::<_, cluster_runtime::Error>(cluster_runtime::Identity::new(format!(
            "{} {}",
            node.addr(),
            node.port("admin")
        )))
    });
    let net = cluster! { nodes[6] = kind; }.start().on(hosts.pack(6)).public(true).await?;
    let mut ports: Vec<_> = net.nodes().iter().map(|node| node.addr().port()).collect();
    ports.extend(net.nodes().iter().filter_map(|node| {
        let identity = node.identity()?.to_string();
        identity.split_whitespace().last()?.parse::<u16>().ok()
    }));
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 12, "{ports:?}");
    net.stop().await
}

#[tokio::test]
async fn a_command_knows_its_host() -> Result {
    let kind = sleeper().identity(async |node: ProcessContext| {
        let host = node.command_of("printenv").arg("CLUSTER_TEST_HOST").run().await?;
        Ok::<_, cluster_runtime::Error>(cluster_runtime::Identity::new(host.trim()))
    });
    let net = cluster! { nodes[3] = kind; }.start().on(by_command()).public(true).await?;
    let hosts: Vec<_> = net.nodes.iter().filter_map(|node| node.identity()).map(|host| host.to_string()).collect();
    assert_eq!(hosts, ["h1", "h2", "h3"]);
    net.stop().await
}

#[tokio::test]
async fn hosts_that_are_full_refuse_a_node() -> Result {
    let net = cluster! { nodes[7] = sleeper(); };
    let error = net.start().on(by_command().pack(2)).public(true).await.expect_err("there is room for six").to_string();
    assert!(error.contains("the hosts are full: node `nodes.7` has no room"), "{error}");
    Ok(())
}

#[tokio::test]
async fn all_hosts_that_cannot_be_reached_are_named() -> Result {
    let node = Node::new(&sleeper(), "n");
    let failing = ["sh", "-c", "if [ {host} = h2 ]; then exec \"$@\"; fi; echo {host} is down >&2; exit 255", "sh"];
    let hosts = Remote::command(failing, ["h1", "h2", "h3"]);
    let error = start(&node).on(hosts).public(true).await.expect_err("two are down").to_string();
    for host in ["h1", "h3"] {
        assert!(
            error.contains(&format!(
                "host `{host}`: {host} is down\nhelp: this has to print `ready`, without a question: "
            )),
            "{error}"
        );
    }
    assert!(!error.contains("`h2`"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_command_that_does_not_pass_on_its_input_is_refused() -> Result {
    let node = Node::new(&sleeper(), "n");
    let deaf = Remote::command(["sh", "-c", "exec \"$@\" </dev/null", "sh"], ["h1"]);
    let error = start(&node).on(deaf).public(true).await.expect_err("it reads nothing").to_string();
    assert!(error.contains("host `h1`: the command does not pass on its input"), "{error}");
    let help = r#"echo ready | sh -c 'exec "$@" </dev/null' sh cat"#;
    assert!(error.contains(help), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_place_that_contradicts_itself_is_refused() -> Result {
    let address = IpAddr::from([127, 0, 0, 1]);
    let places = [
        (by_command().host("n", "h4"), "node `n` is to run on `h4`, which is none of its hosts"),
        (by_command().address("h4", address), "an address is given for `h4`, which is none of its hosts"),
        (by_command().pack(0), "`.pack(0)` leaves no room"),
        (Remote::ssh(["-oProxyCommand=true"]), "`-oProxyCommand=true` is no name of a host"),
        (Remote::ssh([""; 0]), "it has no hosts"),
        (Remote::command([""; 0], ["h1"]), "its command has no words"),
        (Remote::command(["no-such-command"], ["h1"]), "the program `no-such-command` was not found in PATH"),
        (
            by_command().address("h3", [10, 0, 0, 1]),
            "host `h1` was reached at 127.0.0.1, at which `h3` cannot reach it",
        ),
    ];
    for (place, why) in places {
        let node = Node::new(&sleeper(), "n");
        let error = start(&node).on(place).public(true).await.expect_err(why).to_string();
        assert!(error.contains(why), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_node_that_joins_later_has_a_host_too() -> Result {
    let net = cluster! { nodes[3] = sleeper(); late = sleeper(); }
        .start()
        .hold(|net| &net.late)
        .on(by_command())
        .public(true)
        .await?;
    net.add(&net.late).await?;
    let directory = net.late.dir()?;
    assert!(directory.exists(), "{}", directory.display());
    net.stop().await?;
    drop(net);
    until_nothing_is_left(&directory).await;
    Ok(())
}
