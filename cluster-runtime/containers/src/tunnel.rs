//! Connections of the test to the network of a container on another host, through the engine there.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use bollard::container::LogOutput;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::engine::Engine;
use crate::exec::Exec;
use crate::stream::next;

const SCRIPT: &str = include_str!("tunnel.pl");
/// How much is read at a time.
const CHUNK: usize = 64 << 10;

/// Connects to an address as a program in this container would. What the test has is a connection to this process, which a command in
/// the container continues.
///
/// # Errors
/// When nobody listens there, or the engine cannot run the command.
pub(crate) async fn connect(engine: &Engine, container: &str, to: SocketAddr) -> io::Result<TcpStream> {
    let (ip, port) = (to.ip().to_string(), to.port().to_string());
    let mut exec = Exec::start(engine, container, vec!["perl", "-e", SCRIPT, &ip, &port]).await?;
    let said = exec.first_error().await.unwrap_or_default();
    match said.parse() {
        Ok(0) => {}
        Ok(error) => return Err(io::Error::from_raw_os_error(error)),
        Err(_) => return Err(io::Error::other(format!("container `{container}` cannot connect to {to}: {said}"))),
    }
    let (near, far) = pair().await?;
    tokio::spawn(join(far, exec));
    Ok(near)
}

/// Both ends of a connection.
async fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let near = TcpStream::connect(listener.local_addr()?).await?;
    loop {
        let (far, from) = listener.accept().await?;
        if from == near.local_addr()? {
            return Ok((near, far));
        }
    }
}

/// Passes on what both ends send, until that of the container ends.
async fn join(mut socket: TcpStream, Exec { mut input, mut output }: Exec) {
    let (mut read, mut write) = socket.split();
    let there = async {
        let mut chunk = vec![0; CHUNK];
        while let Ok(length) = read.read(&mut chunk).await
            && length > 0
            && input.write_all(&chunk[..length]).await.is_ok()
            && input.flush().await.is_ok()
        {}
        let _ = input.shutdown().await;
        std::future::pending::<()>().await;
    };
    let back = async {
        while let Some(Ok(piece)) = next(&mut output).await {
            if let LogOutput::StdErr { .. } = piece {
                continue;
            }
            if write.write_all(&piece.into_bytes()).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}
