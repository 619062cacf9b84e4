//! A small server for the tests of programs: `daemon http ADDR`, `daemon tcp ADDR`, `daemon unshared ADDR` (without SO_REUSEADDR),
//! `daemon unix PATH`, or `daemon chat ADDR PEERS`, which writes to all its peers all the time.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(2);

fn main() -> std::io::Result<()> {
    let arguments: Vec<_> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "http", addr] => {
            // Not ready at first.
            let mut answers = ["503 Service Unavailable", "200 OK"].into_iter();
            let mut status = "200 OK";
            for stream in TcpListener::bind(addr)?.incoming() {
                let mut stream = stream?;
                let _ = stream.read(&mut [0; 1024])?;
                status = answers.next().unwrap_or(status);
                write!(
                    stream,
                    "HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[\"a\"\r\n1\r\n]\r\n0\r\n\r\n"
                )?;
                // What is closed with bytes unread is reset, and a request may come in parts.
                stream.shutdown(Shutdown::Write)?;
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
            }
        }
        [_, "tcp", addr] => TcpListener::bind(addr)?.incoming().for_each(drop),
        [_, "chat", addr, ref peers @ ..] => {
            let listener = TcpListener::bind(addr)?;
            let peers: Vec<_> = peers.iter().map(|peer| peer.to_string()).collect();
            peers.into_iter().for_each(|peer| drop(thread::spawn(move || write_to(&peer))));
            for stream in listener.incoming() {
                let mut stream = stream?;
                thread::spawn(move || std::io::copy(&mut stream, &mut std::io::sink()));
            }
        }
        [_, "unshared", addr] => serve_unshared(addr)?,
        [_, "unix", path] => UnixListener::bind(path)?.incoming().for_each(drop),
        _ => panic!("expected `http`, `tcp`, `unshared`, `unix` or `chat`, found {arguments:?}"),
    }
    Ok(())
}

fn write_to(peer: &str) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(peer) {
            while stream.write_all(b"word").is_ok() {
                thread::sleep(PAUSE);
            }
        }
        thread::sleep(PAUSE);
    }
}

fn serve_unshared(addr: &str) -> std::io::Result<()> {
    let addr = addr.parse().map_err(std::io::Error::other)?;
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(addr)?;
        let listener = socket.listen(16)?;
        loop {
            listener.accept().await?;
        }
    })
}
