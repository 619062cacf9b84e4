use cluster_daemons::{PostgresProtocol, postgres};
use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Node, Process, Result, cluster, connect, create, start};
use tokio_postgres::{Client, NoTls};

type Server = Node<Process<PostgresProtocol>>;

/// Debian has the server outside PATH, beside a program in PATH that manages its versions.
fn is_installed() -> bool {
    cluster_tests::is_installed("pg_lsclusters", "postgresql")
}

async fn client(server: &Server) -> Result<Client> {
    let addr = server.addr();
    let options = format!("host={} port={} user=postgres dbname=postgres", addr.ip(), addr.port());
    let (client, connection) = tokio_postgres::connect(&options, NoTls).await.map_err(Error::other)?;
    tokio::spawn(connection);
    Ok(client)
}

async fn set(server: &Server, value: i32) -> Result {
    let create = "CREATE TABLE IF NOT EXISTS t (value int)";
    let client = client(server).await?;
    client.batch_execute(&format!("{create}; INSERT INTO t VALUES ({value})")).await.map_err(Error::other)
}

/// The values that it has; an error before it has the table.
async fn get(server: &Server) -> Result<Vec<i32>> {
    let rows = client(server).await?.query("SELECT value FROM t", &[]).await.map_err(Error::other)?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

#[tokio::test]
async fn replicas_have_what_is_written_to_their_primary() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! {
        use postgres();
        primary;
        replica: connect(primary);
        second_hand: connect(replica);
    }
    .start()
    .wait_connections(true)
    .await?;
    assert_eq!(net.observed().await?, net.topology());
    set(&net.primary, 7).await?;
    for replica in [&net.replica, &net.second_hand] {
        net.eventually(|| async { Ok::<_, Error>(get(replica).await? == [7]) }).await?;
        let error = set(replica, 8).await.expect_err("it is read only");
        assert!(format!("{error:?}").contains("read-only transaction"), "{error:?}");
    }
    net.stop().await
}

#[tokio::test]
async fn what_was_written_survives_a_crash() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use postgres(); primary; replica: connect(primary) }.start().wait_connections(true).await?;
    set(&net.primary, 7).await?;
    net.primary.kill().await?;
    net.primary.restart().wait_connections(true).await?;
    assert_eq!(get(&net.primary).await?, [7]);
    set(&net.primary, 8).await?;
    net.eventually(|| async { Ok::<_, Error>(get(&net.replica).await? == [7, 8]) }).await?;
    net.stop().await
}

#[tokio::test]
async fn a_private_primary_admits_its_replicas_only() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let nodes = create(&postgres(), "n", 2);
    connect(&nodes[0], &nodes[1]);
    let primary = nodes[0].addr();
    let stranger = postgres().config(move |node: ProcessContext| async move {
        let route = format!("host={} port={}", primary.ip(), primary.port());
        let lines = format!("primary_conninfo = '{route} user=stranger application_name=stranger'\n");
        node.write("data/standby.signal", "").await?;
        node.write("data/postgresql.conf", node.read("data/postgresql.conf").await? + &lines).await
    });
    let stranger = Node::new(&stranger, "stranger");
    let net = start(&nodes).wait_connections(true).await?;
    let strange_net = start(&stranger).await?;
    let is_refused = |line: &str| line.contains("role \"stranger\" does not exist");
    nodes[0].wait_for("log", |line| line.as_str().is_some_and(is_refused).then_some(())).await?;
    assert_eq!(net.observed().await?, net.topology());
    strange_net.stop().await?;
    net.stop().await
}

#[tokio::test]
async fn a_replica_that_is_added_later_has_what_was_written_before() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use postgres(); primary; late: connect(primary) }.start().hold(|net| &net.late).await?;
    set(&net.primary, 7).await?;
    net.add(&net.late).await?;
    net.wait_connections().await?;
    assert_eq!(get(&net.late).await?, [7]);
    net.stop().await
}

#[tokio::test]
async fn nothing_crosses_a_cut_and_all_of_it_after_it_is_healed() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use postgres(); primary; replica: connect(primary) }
        .start()
        .link_control(true)
        .wait_connections(true)
        .await?;
    set(&net.primary, 7).await?;
    net.eventually(|| async { Ok::<_, Error>(get(&net.replica).await? == [7]) }).await?;
    let cut = net.cut(&net.primary, &net.replica).await?;
    set(&net.primary, 8).await?;
    cut.wait_bitten().await?;
    assert_eq!(get(&net.replica).await?, [7]);
    cut.heal().await?;
    net.eventually(|| async { Ok::<_, Error>(get(&net.replica).await? == [7, 8]) }).await?;
    net.stop().await
}

#[tokio::test]
async fn a_server_that_is_killed_leaves_no_shared_memory() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use postgres(); server }.start().await?;
    let seen = std::fs::read_to_string("/proc/sysvipc/shm")?;
    let id = net.server.process_id().expect("it runs").to_string();
    assert!(!seen.split_whitespace().any(|word| word == id), "its memory is not in its own namespace: {seen}");
    net.server.kill().await?;
    net.stop().await
}
