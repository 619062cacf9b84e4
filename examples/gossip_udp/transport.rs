//! chitchat over the datagrams of a node, which are lost where its links are cut, and simulated in simulated time.

use std::net::SocketAddr;

use async_trait::async_trait;
use chitchat::transport::{Socket, Transport};
use chitchat::{ChitchatMessage, Deserializable, Serializable};
use cluster_runtime::NodeContext;
use cluster_runtime::net::Datagram;

/// The most bytes that a UDP datagram has.
const LONGEST: usize = 65_507;

pub struct Datagrams(pub NodeContext);

#[async_trait]
impl Transport for Datagrams {
    async fn open(&self, _: SocketAddr) -> anyhow::Result<Box<dyn Socket>> {
        Ok(Box::new(OfNode { socket: self.0.datagram()?, buffer: vec![0; LONGEST] }))
    }
}

struct OfNode {
    socket: Datagram,
    buffer: Vec<u8>,
}

#[async_trait]
impl Socket for OfNode {
    async fn send(&mut self, to: SocketAddr, message: ChitchatMessage) -> anyhow::Result<()> {
        self.socket.send_to(&message.serialize_to_vec(), to).await?;
        Ok(())
    }

    async fn recv(&mut self) -> anyhow::Result<(SocketAddr, ChitchatMessage)> {
        loop {
            let (length, from) = self.socket.recv_from(&mut self.buffer).await?;
            // What is no message of chitchat is left out.
            if let Ok(message) = ChitchatMessage::deserialize(&mut &self.buffer[..length]) {
                return Ok((from, message));
            }
        }
    }
}
