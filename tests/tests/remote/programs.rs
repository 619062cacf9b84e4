//! Programs that are copied to hosts, many of them, and daemons whose descriptions know nothing of hosts.

use cluster_daemons::yggdrasil;
use cluster_runtime::place::Remote;
use cluster_runtime::{Node, Process, Ready, Result, cluster, start};
use cluster_tests::{processes_with, sleeper};

use super::{by_each_way, run_of};

by_each_way!(
    a_program_of_a_path_is_copied_once,
    a_missing_program_is_named_with_its_host,
    more_programs_run_on_a_host_than_share_a_connection,
    routers_find_each_other,
);

async fn a_program_of_a_path_is_copied_once(hosts: Remote) -> Result {
    let daemon = Process::new(env!("CARGO_BIN_EXE_daemon"), |node, command| {
        command.arg("http").arg(node.addr());
    })
    .ready(Ready::http("", "/"));
    let net = cluster! { nodes[3] = daemon; }.start().on(hosts.pack(3)).public(true).await?;
    let run = net.nodes[0].dir()?;
    let copies = std::fs::read_dir(run.parent().expect("it has one").join("programs"))?.count();
    assert_eq!(copies, 1);
    assert_eq!(net.nodes[2].get("", "/name").await?.json()?[0], "a", "one asks it where it runs");
    net.stop().await
}

async fn a_missing_program_is_named_with_its_host(hosts: Remote) -> Result {
    let node = Node::new(&Process::new("no-such-program", |_, _| {}), "n");
    let error = start(&node).on(hosts).public(true).await.expect_err("there is none").to_string();
    assert!(error.contains("host `h1`: there is no program `no-such-program` in its PATH"), "{error}");
    let node = Node::new(&Process::new("/no/such/program", |_, _| {}), "n");
    let error = start(&node).on(by_command_again()).public(true).await.expect_err("there is none").to_string();
    assert!(error.contains("there is no program `/no/such/program`\nhelp: check its path"), "{error}");
    Ok(())
}

fn by_command_again() -> Remote {
    crate::by_command()
}

async fn more_programs_run_on_a_host_than_share_a_connection(hosts: Remote) -> Result {
    let net = cluster! { nodes[24] = sleeper(); }.start().on(hosts.pack(24)).public(true).await?;
    net.stop().await
}

#[tokio::test]
async fn programs_by_ssh_need_one_process_here_for_each_host() -> Result {
    let Some(hosts) = crate::ssh::hosts() else { return Ok(()) };
    let net = cluster! { nodes[9] = sleeper(); }.start().on(hosts).public(true).await?;
    for node in &net.nodes[..3] {
        let run = run_of(&node.dir()?);
        let socket = format!("ControlPath={}/cluster-{run}.ssh", std::env::temp_dir().display());
        assert_eq!(processes_with(&socket).len(), 1);
    }
    net.stop().await
}

async fn routers_find_each_other(hosts: Remote) -> Result {
    let net = cluster! { nodes[4] = yggdrasil(); ring(nodes) };
    let started = net.start().on(hosts).wait_connections(true).await;
    match started {
        Err(error) if error.to_string().contains("there is no program `yggdrasil`") => Ok(()),
        started => {
            let net = started?;
            net.nodes[1].kill().await?;
            net.nodes[1].restart().await?;
            net.wait_connections().await?;
            net.stop().await
        }
    }
}
