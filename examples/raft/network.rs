//! Requests between nodes over TCP, as JSON: each has a connection of its own, and ends where its stream does.

use std::io;
use std::time::Duration;

use cluster_runtime::NodeContext;
use cluster_runtime::net::Stream;
use openraft::error::{InstallSnapshotError, RPCError, RaftError, RemoteError, Unreachable};
use openraft::network::{Backoff, RPCOption, RaftNetwork, RaftNetworkFactory};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse, VoteRequest,
    VoteResponse,
};
use openraft::{BasicNode, Raft};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::store::Types;

/// The pause between two attempts to reach a node.
const PAUSE: Duration = Duration::from_millis(50);

type Answer<T, E = RaftError<u64>> = Result<T, RPCError<u64, BasicNode, E>>;

#[derive(Deserialize, Serialize)]
enum Request {
    Append(AppendEntriesRequest<Types>),
    Vote(VoteRequest<u64>),
}

/// Answers one request.
pub async fn answer(raft: Raft<Types>, mut stream: Stream) -> io::Result<()> {
    let mut request = Vec::new();
    stream.read_to_end(&mut request).await?;
    let answer = match serde_json::from_slice(&request)? {
        Request::Append(request) => serde_json::to_vec(&raft.append_entries(request).await)?,
        Request::Vote(request) => serde_json::to_vec(&raft.vote(request).await)?,
    };
    stream.write_all(&answer).await
}

async fn exchange<T: DeserializeOwned>(node: &NodeContext, addr: &str, request: &Request) -> io::Result<T> {
    let mut stream = node.dial(addr.parse().map_err(io::Error::other)?).await?;
    stream.write_all(&serde_json::to_vec(request)?).await?;
    stream.shutdown().await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(serde_json::from_slice(&answer)?)
}

/// The network as this node sees it.
pub struct Network(pub NodeContext);

impl RaftNetworkFactory<Types> for Network {
    type Network = Peer;

    async fn new_client(&mut self, id: u64, node: &BasicNode) -> Peer {
        Peer { node: self.0.clone(), id, addr: node.addr.clone() }
    }
}

/// Another node.
pub struct Peer {
    /// The one that asks.
    node: NodeContext,
    id: u64,
    addr: String,
}

impl Peer {
    async fn ask<T: DeserializeOwned>(&self, request: Request) -> Answer<T> {
        let answer: Result<T, RaftError<u64>> =
            exchange(&self.node, &self.addr, &request).await.map_err(|error| Unreachable::new(&error))?;
        answer.map_err(|error| RemoteError::new(self.id, error).into())
    }
}

impl RaftNetwork<Types> for Peer {
    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<Types>,
        _: RPCOption,
    ) -> Answer<AppendEntriesResponse<u64>> {
        self.ask(Request::Append(request)).await
    }

    async fn vote(&mut self, request: VoteRequest<u64>, _: RPCOption) -> Answer<VoteResponse<u64>> {
        self.ask(Request::Vote(request)).await
    }

    async fn install_snapshot(
        &mut self,
        _: InstallSnapshotRequest<Types>,
        _: RPCOption,
    ) -> Answer<InstallSnapshotResponse<u64>, RaftError<u64, InstallSnapshotError>> {
        unimplemented!("snapshots are off")
    }

    fn backoff(&self) -> Backoff {
        Backoff::new(std::iter::repeat(PAUSE))
    }
}
