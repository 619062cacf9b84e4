//! Programs that cannot be run.

use std::os::unix::fs::PermissionsExt;

use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Feature, Node, Process, start};
use cluster_tests::remove_files;

async fn failure(process: Process) -> String {
    let node = Node::new(&process.supports(Feature::Private), "n");
    let error = start(&node).await.expect_err("it cannot be run").to_string();
    remove_files(&node);
    error
}

#[tokio::test]
async fn a_program_that_is_not_installed_is_named() {
    let error = failure(Process::new("no-such-daemon", |_, _| {})).await;
    assert!(error.contains("the program `no-such-daemon` was not found in PATH\nhelp: install it"), "{error}");
}

#[tokio::test]
async fn a_program_that_is_missing_is_named() {
    let error = failure(Process::new("/no/such/daemon", |_, _| {})).await;
    assert!(error.contains("there is no program `/no/such/daemon`"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_program_is_named() {
    let file = std::env::temp_dir().join(format!("cluster-no-program-{}", std::process::id()));
    let path = file.to_str().expect("a path of text");
    std::fs::write(&file, "#!/no/such/interpreter\n").expect("it can be written");
    let plain = failure(Process::new(path, |_, _| {})).await;
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).expect("it is ours");
    let orphan = failure(Process::new(path, |_, _| {})).await;
    std::fs::remove_file(&file).expect("it is there");
    assert!(plain.contains("is not executable\nhelp: `chmod +x"), "{plain}");
    assert!(orphan.contains("the program that its first line names is missing"), "{orphan}");
}

#[tokio::test]
async fn a_command_that_is_missing_is_named_in_its_phase() {
    let process = Process::new("sleep", |_, _| {}).config(async |node: ProcessContext| {
        node.command_of("no-such-tool").run().await.map(drop).map_err(Error::other)
    });
    let error = failure(process).await;
    assert!(error.contains("phase `config`: the program `no-such-tool` was not found"), "{error}");
}

#[tokio::test]
async fn a_port_that_was_not_asked_for_is_a_fault_of_the_kind() {
    let process = Process::new("sleep", |node, command| {
        command.arg(1000).arg(node.port("rcp"));
    });
    let error = failure(process.port("rpc").ready(cluster_runtime::Ready::file("never"))).await;
    assert!(error.contains("it has no port `rcp`: its kind asks for [\"rpc\"]"), "{error}");
}
