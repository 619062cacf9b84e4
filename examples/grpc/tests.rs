use std::net::{TcpListener, TcpStream};

use super::*;

fn request() -> HealthCheckRequest {
    HealthCheckRequest::default()
}

#[tokio::test]
async fn nothing_of_a_killed_server_serves_on() -> Result<(), BoxError> {
    let net = cluster! { use Service::new(serve); a; b: connect(a) }.start().await?;
    let addr = net.a.addr();
    let mut health = health_of(addr.to_string()).await?;
    health.check(request()).await?;
    let mut changes = health.watch(request()).await?.into_inner();
    changes.message().await?.expect("the state that it is in");

    net.a.kill().await?;
    changes.message().await.expect_err("the stream that was open is broken");
    health.check(request()).await.expect_err("the connection that was open is closed");
    TcpStream::connect(addr).expect_err("nobody listens");
    drop(TcpListener::bind(addr)?);

    net.a.restart().await?;
    health_of(addr.to_string()).await?.check(request()).await?;
    net.stop().await?;
    Ok(())
}

#[tokio::test]
async fn nothing_of_a_stopped_server_serves_on() -> Result<(), BoxError> {
    let net = cluster! { a = Service::new(serve) }.start().await?;
    let mut health = health_of(net.a.addr().to_string()).await?;
    health.check(request()).await?;
    net.stop().await?;
    health.check(request()).await.expect_err("its server was not told to stop, and ends with its node");
    TcpStream::connect(net.a.addr()).expect_err("nobody listens");
    drop(TcpListener::bind(net.a.addr())?);
    Ok(())
}
