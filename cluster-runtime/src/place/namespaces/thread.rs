//! A thread of this process in the namespaces of a cluster.

use std::fs::File;
use std::io;
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::sync::mpsc;
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use socket2::{Domain, Socket, Type};
use tokio::sync::oneshot;

use super::holder::Holder;
use super::rules::{PROBE_PORT, Path};

/// A thread in the namespace in the middle, which makes sockets there. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct SocketThread(mpsc::Sender<Request>);

enum Request {
    Stream(oneshot::Sender<io::Result<Socket>>),
    /// Sends so many datagrams on each path, given with the namespace of the node that sends.
    Probe(Vec<(String, Path)>, u32, oneshot::Sender<io::Result<()>>),
}

impl SocketThread {
    pub(super) async fn start(holder: &Holder) -> io::Result<Self> {
        let (requests, asked) = mpsc::channel();
        let (entered, has_entered) = oneshot::channel();
        let middle = File::open(holder.network())?;
        thread::Builder::new().name("cluster-sockets".to_owned()).spawn(move || {
            let outcome = enter(&middle);
            let is_there = outcome.is_ok();
            if entered.send(outcome).is_ok() && is_there {
                serve(&middle, &asked);
            }
        })?;
        has_entered.await.map_err(io::Error::other)??;
        Ok(Self(requests))
    }

    /// A socket for a stream.
    pub(super) async fn socket(&self) -> io::Result<Socket> {
        self.ask(Request::Stream).await
    }

    pub(super) async fn probe(&self, holder: &Holder, paths: Vec<Path>, packets: u32) -> io::Result<()> {
        let paths = paths.into_iter().map(|path| (holder.network_of(&path.0.name()), path)).collect();
        self.ask(|answer| Request::Probe(paths, packets, answer)).await
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<io::Result<T>>) -> Request) -> io::Result<T> {
        let (answer, answered) = oneshot::channel();
        self.0.send(request(answer)).map_err(|_| io::ErrorKind::BrokenPipe)?;
        answered.await.map_err(io::Error::other)?
    }
}

fn enter(namespace: &File) -> io::Result<()> {
    Ok(move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?)
}

fn serve(middle: &File, asked: &mpsc::Receiver<Request>) {
    while let Ok(request) = asked.recv() {
        // Whoever has asked may have stopped waiting.
        match request {
            Request::Stream(answer) => drop(answer.send(Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), None))),
            Request::Probe(paths, packets, answer) => {
                let sent = probe(&paths, packets);
                if enter(middle).is_err() {
                    return;
                }
                drop(answer.send(sent));
            }
        }
    }
}

fn probe(paths: &[(String, Path)], packets: u32) -> io::Result<()> {
    let mut last = None;
    for (namespace, (from, to)) in paths {
        let socket = match &last {
            Some((member, socket)) if member == from => socket,
            _ => {
                enter(&File::open(namespace)?)?;
                &last.insert((*from, UdpSocket::bind((from.addr(), 0))?)).1
            }
        };
        for _ in 0..packets {
            socket.send_to(b"probe", (to.addr(), PROBE_PORT))?;
        }
    }
    Ok(())
}
