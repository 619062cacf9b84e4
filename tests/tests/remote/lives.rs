//! The ends of programs on hosts, signals and pauses.

use std::time::Duration;

use cluster_runtime::error::End;
use cluster_runtime::place::{Exit, Remote};
use cluster_runtime::process::Signal;
use cluster_runtime::{Error, Node, Ready, Result, start};
use cluster_tests::{processes_with, script, sleeper, until};
use rustix::process::{Pid, kill_process};

use super::{by_each_way, run_of, until_nothing_is_left};

by_each_way!(
    an_exit_is_that_of_the_program,
    every_signal_arrives,
    a_pause_stops_those_that_left_the_group,
    a_stop_leaves_no_descendant,
    what_forks_into_the_background_is_named,
    a_lost_connection_is_no_status,
);

async fn end_of(node: &Node<cluster_runtime::Process>) -> Exit {
    let error = node.wait_stopped().await.expect_err("nobody has stopped it");
    let Error::Died { deaths, .. } = error else { panic!("{error:?}") };
    let End::Exited(exited) = &deaths[0].end else { panic!("{:?}", deaths[0].end) };
    exited.exit.clone()
}

async fn an_exit_is_that_of_the_program(hosts: Remote) -> Result {
    for (ending, expected) in
        [("exit 7", Exit::Status(7)), ("exit 255", Exit::Status(255)), ("kill -9 $$", Exit::Signal(9))]
    {
        let kind = script(format!("touch ready; while [ ! -e end ]; do sleep 0.01; done; {ending}"));
        let node = Node::new(&kind.ready(Ready::file("ready")), "n");
        let net = start(&node).on(hosts.clone()).public(true).await?;
        std::fs::write(node.dir()?.join("end"), "")?;
        assert_eq!(end_of(&node).await, expected, "{ending}");
        drop(net);
    }
    Ok(())
}

async fn every_signal_arrives(hosts: Remote) -> Result {
    // It waits without a new process: dash forgets a signal that arrives while it starts one.
    let traps = "for s in HUP INT QUIT TERM USR1 USR2; do trap \"echo $s\" $s; done; setsid sleep 1000 & \
                 echo ready; while :; do wait $!; done";
    let node = Node::new(&script(traps).ready(Ready::log_line("ready")), "n");
    let net = start(&node).on(hosts).event_level(cluster_runtime::DefaultLevel::Debug).public(true).await?;
    for (signal, name) in [
        (Signal::Hangup, "HUP"),
        (Signal::Interrupt, "INT"),
        (Signal::Quit, "QUIT"),
        (Signal::Terminate, "TERM"),
        (Signal::User1, "USR1"),
        (Signal::User2, "USR2"),
    ] {
        node.signal(signal)?;
        node.wait_for("output", |line| (line == name).then_some(())).await?;
    }
    node.signal(Signal::Kill)?;
    assert_eq!(end_of(&node).await, Exit::Signal(9));
    drop(net);
    Ok(())
}

async fn a_pause_stops_those_that_left_the_group(hosts: Remote) -> Result {
    let counts = "while :; do echo x >>ticks; sleep 0.01; done";
    let node =
        Node::new(&script(format!("setsid sh -c '{counts}' & touch ready; wait")).ready(Ready::file("ready")), "n");
    let net = start(&node).on(hosts).public(true).await?;
    let file = node.dir()?.join("ticks");
    let ticks = || std::fs::metadata(&file).map_or(0, |file| file.len());
    until("it ticks", || ticks() > 0).await;
    net.pause(&node).await?;
    let paused = ticks();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(ticks(), paused, "it ticks on");
    net.resume(&node).await?;
    until("it ticks again", || ticks() > paused).await;
    net.pause(&node).await?;
    node.kill().await?;
    net.stop().await
}

#[tokio::test]
async fn a_program_that_is_ready_can_be_paused() -> Result {
    // That it runs is heard of late, on the standard error of the script that can suspend it.
    let run = r#"case $* in *suspended*) exec "$@" 2> >(sleep 0.3; exec cat >&2) ;; *) exec "$@" ;; esac"#;
    let late = Remote::command(["bash", "-c", run, "bash"], ["h1"]);
    let node = Node::new(&script("touch ready; exec sleep 1000").ready(Ready::file("ready")), "n");
    let net = start(&node).on(late.address("h1", [127, 0, 0, 1])).public(true).await?;
    net.pause(&node).await?;
    net.resume(&node).await?;
    net.stop().await
}

async fn a_stop_leaves_no_descendant(hosts: Remote) -> Result {
    let family = "sleep 1000 & setsid sh -c 'setsid sleep 1000 & touch ready; exec sleep 1000' & wait";
    let node = Node::new(&script(family).ready(Ready::file("ready")), "n");
    let net = start(&node).on(hosts).public(true).await?;
    let directory = node.dir()?;
    let mark = format!("CLUSTER_NODE={}.1.", run_of(&directory));
    assert_eq!(processes_with(&mark).len(), 4);
    net.stop().await?;
    assert_eq!(processes_with(&mark), [""; 0]);
    drop((net, node));
    until_nothing_is_left(&directory).await;
    Ok(())
}

async fn what_forks_into_the_background_is_named(hosts: Remote) -> Result {
    let node = Node::new(&script("setsid sleep 1000 & exit 0").ready(Ready::file("never")), "n");
    let error = start(&node).on(hosts).public(true).await.expect_err("it exits").to_string();
    assert!(error.contains("it left ") && error.contains(" (process "), "{error}");
    Ok(())
}

async fn a_lost_connection_is_no_status(hosts: Remote) -> Result {
    let node = Node::new(&sleeper(), "n");
    let net = start(&node).on(hosts).public(true).await?;
    let directory = node.dir()?;
    // What keeps the host, at this end: it has the run among its arguments.
    let run = run_of(&directory);
    for process in std::fs::read_dir("/proc")?.flatten() {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        let is_client = ["ssh\0", "srun\0", "sh\0"].iter().any(|program| line.starts_with(program));
        if line.contains(&run) && line.contains("misses") && is_client {
            let id = process.file_name().to_string_lossy().parse().ok().and_then(Pid::from_raw);
            kill_process(id.expect("it is a number"), rustix::process::Signal::KILL).expect("it runs");
        }
    }
    let exit = end_of(&node).await;
    assert!(matches!(&exit, Exit::Lost(why) if why.contains("host `h1`")), "{exit:?}");
    drop(net);
    until("no process is left", || processes_with(&run).is_empty()).await;
    let _ = std::fs::remove_dir_all(directory.parent().expect("it has one"));
    Ok(())
}
