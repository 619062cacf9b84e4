//! A member of a small Raft that elects leaders, and replicates nothing.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use cluster_runtime::net::Datagram;
use cluster_runtime::topology::Rng;
use cluster_runtime::{Level, NodeContext, Result};
use serde_json::{Value, json};
use tokio::time::Instant;

/// How often a leader tells the others that it leads.
const BEAT: Duration = Duration::from_millis(50);
/// How long a member waits for a leader at least; at most twice as long.
const PATIENCE: u32 = 150;

struct Member {
    node: NodeContext,
    socket: Datagram,
    rng: Rng,
    /// The highest term that it knows, and whom it has voted for in that: what it must not forget.
    term: u64,
    vote: Option<String>,
    role: Role,
    /// When it asks for votes, or beats.
    due: Instant,
}

#[derive(PartialEq)]
enum Role {
    Follower,
    /// Elected by these so far.
    Candidate(BTreeSet<String>),
    Leader,
}

/// Runs a member. That it leads a term is the event `leader`.
pub async fn member(node: NodeContext) -> Result {
    let mut member = Member::open(&node)?;
    node.ready();
    let mut buffer = [0; 256];
    loop {
        tokio::select! {
            biased;
            () = node.stopped() => return Ok(()),
            received = member.socket.recv_from(&mut buffer) => {
                let (count, _from) = received?;
                member.hear(&serde_json::from_slice(&buffer[..count])?).await?;
            }
            () = tokio::time::sleep_until(member.due) => member.act().await?,
        }
    }
}

impl Member {
    fn open(node: &NodeContext) -> Result<Self> {
        let (node, socket, rng) = (node.clone(), node.datagram()?, node.rng());
        let saved: Value = match std::fs::read(file(&node)?) {
            Ok(saved) => serde_json::from_slice(&saved)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Value::Null,
            Err(error) => return Err(error.into()),
        };
        let (term, vote) = (saved["term"].as_u64().unwrap_or(0), saved["vote"].as_str().map(str::to_owned));
        let mut member = Self { node, socket, rng, term, vote, role: Role::Follower, due: Instant::now() };
        member.wait();
        Ok(member)
    }

    /// It beats if it leads. Otherwise it has waited for a leader, and asks for the votes of a new term.
    async fn act(&mut self) -> Result {
        if self.role == Role::Leader {
            self.due = Instant::now() + BEAT;
            return self.tell_all("beat").await;
        }
        let name = self.node.name().to_owned();
        (self.term, self.vote) = (self.term + 1, Some(name.clone()));
        self.save()?;
        self.role = Role::Candidate(BTreeSet::from([name]));
        self.wait();
        self.tell_all("ask").await
    }

    async fn hear(&mut self, message: &Value) -> Result {
        let (Some(kind), Some(term)) = (message["kind"].as_str(), message["term"].as_u64()) else { return Ok(()) };
        let Some(from) = message["from"].as_str().map(str::to_owned) else { return Ok(()) };
        match kind {
            "ask" if term > self.term || (term == self.term && self.vote.as_ref().is_none_or(|vote| *vote == from)) => {
                self.follow(term, Some(from.clone()));
                self.save()?; // Before it is answered.
                self.tell(&from, "vote").await?;
            }
            "beat" if term >= self.term => {
                if term > self.term {
                    self.follow(term, None);
                    self.save()?;
                }
                self.role = Role::Follower;
                self.wait();
            }
            "vote" if term == self.term => self.elected_by(from).await?,
            _ => {}
        }
        Ok(())
    }

    fn follow(&mut self, term: u64, vote: Option<String>) {
        (self.term, self.vote, self.role) = (term, vote, Role::Follower);
        self.wait();
    }

    async fn elected_by(&mut self, member: String) -> Result {
        let Role::Candidate(votes) = &mut self.role else { return Ok(()) };
        votes.insert(member);
        if 2 * votes.len() > self.node.peers().len() + 1 {
            self.role = Role::Leader;
            self.node.event(Level::Info, "election", "leader", json!({ "term": self.term }));
            self.act().await?;
        }
        Ok(())
    }

    /// Begins to wait for a leader.
    fn wait(&mut self) {
        self.due = Instant::now() + Duration::from_millis(u64::from(PATIENCE + self.rng.below(PATIENCE)));
    }

    fn save(&self) -> Result {
        let state = json!({ "term": self.term, "vote": self.vote });
        Ok(std::fs::write(file(&self.node)?, state.to_string())?)
    }

    async fn tell_all(&self, kind: &str) -> Result {
        for peer in self.node.peers() {
            self.tell(peer.name(), kind).await?;
        }
        Ok(())
    }

    async fn tell(&self, to: &str, kind: &str) -> Result {
        let message = json!({ "kind": kind, "term": self.term, "from": self.node.name() });
        if let Some(peer) = self.node.peers().into_iter().find(|peer| peer.name() == to) {
            self.socket.send_to(message.to_string().as_bytes(), peer.addr()).await?;
        }
        Ok(())
    }
}

fn file(node: &NodeContext) -> Result<PathBuf> {
    Ok(node.dir()?.join("vote"))
}
