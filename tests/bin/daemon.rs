//! A small server for the tests of programs: `daemon http ADDR`, `daemon tcp ADDR`, `daemon unshared ADDR` (without SO_REUSEADDR)
//! or `daemon unix PATH`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;

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
            }
        }
        [_, "tcp", addr] => TcpListener::bind(addr)?.incoming().for_each(drop),
        [_, "unshared", addr] => serve_unshared(addr)?,
        [_, "unix", path] => UnixListener::bind(path)?.incoming().for_each(drop),
        _ => panic!("expected `http ADDR`, `tcp ADDR`, `unshared ADDR` or `unix PATH`, found {arguments:?}"),
    }
    Ok(())
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
