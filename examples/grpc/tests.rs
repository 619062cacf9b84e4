use std::net::{SocketAddr, TcpListener, TcpStream};

use super::*;

fn request() -> HealthCheckRequest {
    HealthCheckRequest::default()
}

/// A client outside the cluster.
async fn client(addr: SocketAddr) -> Result<HealthClient<Channel>, BoxError> {
    Ok(HealthClient::new(Endpoint::from_shared(format!("http://{addr}"))?.connect().await?))
}

#[tokio::test]
async fn a_kill_is_noticed_in_real_and_in_simulated_time() -> Result {
    for start in [servers().start(), servers().start().simulated(7)] {
        let net = watching(start).await?;
        notice_a_kill(&net).await?;
        net.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_cut_is_noticed_in_real_and_in_simulated_time() -> Result {
    for start in [servers().start(), servers().start().simulated(7)] {
        let net = watching(start).await?;
        notice_a_cut(&net).await?;
        net.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn nothing_of_a_killed_server_serves_on() -> Result<(), BoxError> {
    let net = cluster! { use Service::new(serve); a; b: connect(a) }.start().await?;
    let addr = net.a.addr();
    let mut health = client(addr).await?;
    health.check(request()).await?;
    let mut changes = health.watch(request()).await?.into_inner();
    changes.message().await?.expect("the state that it is in");

    net.a.kill().await?;
    changes.message().await.expect_err("the stream that was open is broken");
    health.check(request()).await.expect_err("the connection that was open is closed");
    TcpStream::connect(addr).expect_err("nobody listens");
    drop(TcpListener::bind(addr)?);

    net.a.restart().await?;
    client(addr).await?.check(request()).await?;
    net.stop().await?;
    Ok(())
}

#[tokio::test]
async fn nothing_of_a_stopped_server_serves_on() -> Result<(), BoxError> {
    let net = cluster! { a = Service::new(serve) }.start().await?;
    let mut health = client(net.a.addr()).await?;
    health.check(request()).await?;
    net.stop().await?;
    health.check(request()).await.expect_err("its server was not told to stop, and ends with its node");
    TcpStream::connect(net.a.addr()).expect_err("nobody listens");
    drop(TcpListener::bind(net.a.addr())?);
    Ok(())
}
