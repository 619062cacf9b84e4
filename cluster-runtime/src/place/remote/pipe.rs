//! Named pipes on a host.

use std::io;
use std::sync::Arc;

use tokio::io::AsyncReadExt;
use tokio::sync::mpsc::Sender;

use super::client::{Client, Pipes};
use super::host::{Host, about, answer, said};
use crate::driver::Driver;

/// It opens the pipe when somebody writes to it, and ends with the last writer.
const READER: &str = r#"rm -f -- "$1" && mkfifo -- "$1" && echo ready && exec cat -- "$1""#;
const CHUNK: usize = 64 << 10;

/// Makes a named pipe, replacing one of an earlier run. What is written to it arrives at `to`.
pub(super) async fn open(host: &Arc<Host>, driver: &Driver, path: String, to: Sender<Vec<u8>>) -> io::Result<()> {
    let there = host.clone();
    let opened = driver.run(async move { answer(start(&there, &path)).await }).await;
    let (client, pipes) = opened.map_err(|error| about(host.name(), &error))?;
    driver.spawn(async move {
        tokio::select! {
            () = forward(pipes, &to) => {}
            () = to.closed() => {}
        }
        drop(client);
    });
    Ok(())
}

async fn start(host: &Host, path: &str) -> io::Result<(Client, Pipes)> {
    let (mut client, mut pipes) = host.start(READER, &[path]).await?;
    // Not a byte more, as what follows is of the program.
    let mut answer = [0; "ready\n".len()];
    if pipes.stdout.read_exact(&mut answer).await.is_err() {
        let mut errors = Vec::new();
        pipes.stderr.read_to_end(&mut errors).await?;
        let status = client.ended().await?;
        return Err(io::Error::other(said(&errors, &status.to_string())));
    }
    Ok((client, pipes))
}

async fn forward(mut pipes: Pipes, to: &Sender<Vec<u8>>) {
    let mut chunk = vec![0; CHUNK];
    while let Ok(read) = pipes.stdout.read(&mut chunk).await
        && read > 0
        && to.send(chunk[..read].to_vec()).await.is_ok()
    {}
}
