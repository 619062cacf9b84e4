//! The peer-to-peer network: points, connections, and who is let in.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};

use crate::command_line::Run;
use crate::data_dir::Opened;
use crate::identity::PeerId;
use crate::levels::Level;
use crate::sink::Sink;
use crate::wire::{Hello, Message, Wire};

/// How long after a failure a point is dialled again.
const RETRY: Duration = Duration::from_secs(1);
/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);

const P2P: [&str; 2] = ["p2p", "connect_handler"];
const CHAIN: [&str; 2] = ["validator", "chain"];

pub(crate) struct Network {
    own: Hello,
    history_mode: Option<String>,
    listens: SocketAddr,
    /// How many connections it seeks.
    expected: usize,
    sink: Sink,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    points: BTreeMap<SocketAddr, Point>,
    connections: BTreeMap<PeerId, Connection>,
    head: u64,
}

/// Where a node is, or was said to be.
#[derive(Default)]
struct Point {
    /// Whether it is declared.
    trusted: bool,
    expected: Option<PeerId>,
    stage: Stage,
}

#[derive(Default, PartialEq)]
enum Stage {
    #[default]
    Disconnected,
    /// It is dialled.
    Requested,
    /// It called, and the handshake is not over.
    Accepted,
    Running(PeerId),
}

struct Connection {
    incoming: bool,
    point: SocketAddr,
    private: bool,
    /// Closed when the connection is to end.
    outbox: UnboundedSender<Message>,
}

/// A handshake that is not over.
struct Handshake {
    wire: Wire,
    point: SocketAddr,
    incoming: bool,
}

impl Network {
    pub(crate) fn new(run: &Run, opened: &Opened, sink: Sink) -> Arc<Self> {
        let config = &opened.config;
        let own = Hello {
            id: opened.id.clone(),
            port: run.net_addr.port(),
            private: run.private_mode || config.private_mode,
            network: config.network.clone(),
        };
        let declared = config.peers.iter();
        let points = declared
            .map(|peer| (peer.point, Point { trusted: true, expected: peer.id.clone(), stage: Stage::Disconnected }))
            .collect();
        let state = Mutex::new(State { points, ..State::default() });
        let history_mode = config.history_mode.clone();
        Arc::new(Self { own, history_mode, listens: run.net_addr, expected: config.connections, sink, state })
    }

    pub(crate) fn id(&self) -> &PeerId {
        &self.own.id
    }

    pub(crate) fn history_mode(&self) -> Option<&str> {
        self.history_mode.as_deref()
    }

    /// Dials the declared peers, and answers callers.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        let declared: Vec<_> = self.state().points.keys().copied().collect();
        for point in declared {
            tokio::spawn(self.clone().pursue(point));
        }
        while let Ok((stream, caller)) = listener.accept().await {
            tokio::spawn(self.clone().answer(stream, caller));
        }
    }

    /// Dials a point whenever there is no connection to it, again and again.
    async fn pursue(self: Arc<Self>, point: SocketAddr) {
        loop {
            if self.request(point) {
                self.debug("authenticate_start.v0", json!({ "point": point, "direction": "outgoing" }));
                if let Err(why) = self.clone().dial(point).await {
                    self.release(point);
                    self.debug("connection_error.v0", json!({ "point": point, "error": why }));
                }
            }
            sleep(RETRY).await;
        }
    }

    /// Whether the point is to be dialled now; then it is noted that it is.
    fn request(&self, point: SocketAddr) -> bool {
        let mut state = self.state();
        let has_room = state.connections.len() < self.expected;
        let entry = state.points.entry(point).or_default();
        let wanted = entry.stage == Stage::Disconnected && (entry.trusted || (has_room && !self.own.private));
        if wanted {
            entry.stage = Stage::Requested;
        }
        wanted
    }

    async fn dial(self: Arc<Self>, point: SocketAddr) -> Result<(), String> {
        let stream = timeout(HANDSHAKE, TcpStream::connect(point)).await.map_err(|_| "no answer".to_owned())?;
        let stream = stream.map_err(|error| error.to_string())?;
        let handshake = Handshake { wire: Wire::new(stream), point, incoming: false };
        self.shake_hands(handshake).await
    }

    async fn answer(self: Arc<Self>, stream: TcpStream, caller: SocketAddr) {
        self.debug("authenticate_start.v0", json!({ "point": caller, "direction": "incoming" }));
        // Its own port becomes known with its greeting.
        let handshake = Handshake { wire: Wire::new(stream), point: caller, incoming: true };
        if let Err(why) = self.clone().shake_hands(handshake).await {
            self.debug("connection_error.v0", json!({ "point": caller, "error": why }));
        }
    }

    /// Both sides greet; the one that was called decides first. Then the connection is served as a task.
    async fn shake_hands(self: Arc<Self>, mut handshake: Handshake) -> Result<(), String> {
        match timeout(HANDSHAKE, self.agree(&mut handshake)).await {
            Ok(Ok(Ok(hello))) => {
                let Handshake { wire, point, incoming } = handshake;
                tokio::spawn(self.connect(wire, point, incoming, hello));
                Ok(())
            }
            Ok(Ok(Err(why))) => Err(why),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the handshake took too long".to_owned()),
        }
    }

    async fn agree(&self, handshake: &mut Handshake) -> io::Result<Result<Hello, String>> {
        handshake.wire.send(&Message::Hello(self.own.clone())).await?;
        let hello = handshake.wire.receive_hello().await?;
        if !handshake.incoming {
            if let Err(why) = handshake.wire.receive_verdict().await? {
                return Ok(Err(why));
            }
            let verdict = self.judge(handshake.point, &hello, false);
            self.announce(handshake, &verdict).await?;
            return Ok(verdict.map(|()| hello));
        }
        handshake.point.set_port(hello.port);
        let verdict = self.judge(handshake.point, &hello, true);
        let announced = self.announce(handshake, &verdict).await;
        if let Err(why) = verdict {
            return Ok(Err(why));
        }
        let answer = match announced {
            Ok(()) => handshake.wire.receive_verdict().await,
            Err(error) => Err(error),
        };
        if !matches!(answer, Ok(Ok(()))) {
            self.release(handshake.point);
        }
        Ok(answer?.map(|()| hello))
    }

    async fn announce(&self, handshake: &mut Handshake, verdict: &Result<(), String>) -> io::Result<()> {
        let message = verdict.as_ref().map_or_else(|why| Message::Reject(why.clone()), |()| Message::Accept);
        handshake.wire.send(&message).await
    }

    /// Whether a node is let in. A caller that is has the point to itself from then on.
    fn judge(&self, point: SocketAddr, hello: &Hello, incoming: bool) -> Result<(), String> {
        let mut state = self.state();
        let refuse = |why: &str| Err(why.to_owned());
        if hello.id == self.own.id {
            return refuse("it is myself");
        }
        if hello.network != self.own.network {
            return refuse("no common network");
        }
        if state.connections.contains_key(&hello.id) {
            return refuse("already connected");
        }
        let is_full = state.connections.len() >= self.expected + self.expected / 2;
        let known = state.points.get_mut(&point);
        if known.as_ref().is_none_or(|known| !known.trusted) {
            if self.own.private {
                return refuse("private mode");
            }
            if is_full {
                return refuse("too many connections");
            }
        }
        if known.as_ref().is_some_and(|known| known.expected.as_ref().is_some_and(|id| *id != hello.id)) {
            return refuse("unexpected peer id");
        }
        if incoming {
            let entry = state.points.entry(point).or_default();
            match entry.stage {
                Stage::Disconnected => {}
                // Both dial at the same time: the call of the one with the greater identity counts.
                Stage::Requested if self.own.id < hello.id => {}
                _ => return refuse("already connected"),
            }
            entry.stage = Stage::Accepted;
        }
        Ok(())
    }

    /// A handshake has failed.
    fn release(&self, point: SocketAddr) {
        if let Some(point) = self.state().points.get_mut(&point)
            && matches!(point.stage, Stage::Requested | Stage::Accepted)
        {
            point.stage = Stage::Disconnected;
        }
    }

    /// Serves a connection until it ends.
    async fn connect(self: Arc<Self>, mut wire: Wire, point: SocketAddr, incoming: bool, hello: Hello) {
        let id = hello.id;
        let Some(mut inbox) = self.register(point, incoming, hello.private, &id) else { return };
        self.info(&P2P, "new_connection.v0", json!(id));
        self.info(&CHAIN, "connection.v0", json!(id));
        while let Ok(message) = self.next(&mut wire, &mut inbox).await {
            self.clone().receive(message, &id);
        }
        {
            let mut state = self.state();
            state.connections.remove(&id);
            if let Some(point) = state.points.get_mut(&point) {
                point.stage = Stage::Disconnected;
            }
        }
        self.info(&P2P, "disconnected.v0", json!(id));
        self.info(&CHAIN, "disconnection.v0", json!(id));
    }

    /// The next message from the peer; what is there for the peer is sent meanwhile.
    async fn next(&self, wire: &mut Wire, inbox: &mut UnboundedReceiver<Message>) -> io::Result<Message> {
        loop {
            tokio::select! {
                message = wire.receive() => return message,
                message = inbox.recv() => match message {
                    Some(message) => wire.send(&message).await?,
                    None => return Err(io::ErrorKind::ConnectionAborted.into()),
                },
            }
        }
    }

    /// Notes a connection, tells the peer what there is to know, and the others of the peer.
    fn register(
        &self,
        point: SocketAddr,
        incoming: bool,
        private: bool,
        id: &PeerId,
    ) -> Option<UnboundedReceiver<Message>> {
        let mut state = self.state();
        if state.connections.contains_key(id) {
            drop(state);
            self.release(point);
            return None;
        }
        let (outbox, inbox) = unbounded_channel();
        let _ = outbox.send(Message::Head(state.head));
        if !self.own.private && !private {
            let public = state.connections.values().filter(|connection| !connection.private);
            let points: Vec<_> = public.clone().map(|connection| connection.point).collect();
            public.for_each(|connection| connection.send(Message::Points(vec![point])));
            let _ = outbox.send(Message::Points(points));
        }
        state.points.entry(point).or_default().stage = Stage::Running(id.clone());
        state.connections.insert(id.clone(), Connection { incoming, point, private, outbox });
        Some(inbox)
    }

    fn receive(self: Arc<Self>, message: Message, id: &PeerId) {
        match message {
            Message::Head(level) => self.advance(level),
            Message::Points(points) => points.into_iter().for_each(|point| self.learn(point)),
            Message::Hello(_) | Message::Accept | Message::Reject(_) => {
                self.state().connections.remove(id);
            }
        }
    }

    /// A node heard of a point, and dials it if it may.
    fn learn(self: &Arc<Self>, point: SocketAddr) {
        let mut state = self.state();
        if !self.own.private && point != self.listens && !state.points.contains_key(&point) {
            state.points.insert(point, Point::default());
            drop(state);
            tokio::spawn(self.clone().pursue(point));
        }
    }

    /// A block of this level is there: if it is higher than all before, the neighbours hear of it.
    fn advance(&self, level: u64) {
        let mut state = self.state();
        if level <= state.head {
            return;
        }
        let name = if level == state.head + 1 { "head_increment.v0" } else { "branch_switch.v0" };
        state.head = level;
        self.info(&CHAIN, name, json!({ "level": level }));
        state.connections.values().for_each(|connection| connection.send(Message::Head(level)));
    }

    /// The next block, out of nothing.
    pub(crate) fn bake(&self) -> u64 {
        let level = self.state().head + 1;
        self.advance(level);
        level
    }

    /// Makes a point one to dial, as an RPC asks. In private mode only declared ones are.
    pub(crate) fn dial_too(self: &Arc<Self>, point: SocketAddr) -> Result<(), String> {
        if !self.state().points.get(&point).is_some_and(|known| known.trusted) && self.own.private {
            return Err("private mode".to_owned());
        }
        self.learn(point);
        Ok(())
    }

    /// Drops a connection, as an RPC asks, and says whether there was one.
    pub(crate) fn drop_connection(&self, id: &PeerId) -> bool {
        self.state().connections.remove(id).is_some()
    }

    /// The answer to `GET /network/connections`.
    pub(crate) fn connections(&self) -> Value {
        let state = self.state();
        let connections = state.connections.iter().map(|(id, connection)| {
            json!({
                "incoming": connection.incoming,
                "peer_id": id,
                "id_point": { "addr": connection.point.ip(), "port": connection.point.port() },
                "remote_socket_port": connection.point.port(),
                "private": connection.private,
            })
        });
        connections.collect()
    }

    /// The answer to `GET /network/points`.
    pub(crate) fn points(&self) -> Value {
        let state = self.state();
        let points = state.points.iter().map(|(addr, point)| {
            let state = match &point.stage {
                Stage::Disconnected => json!({ "event_kind": "disconnected" }),
                Stage::Requested => json!({ "event_kind": "requested" }),
                Stage::Accepted => json!({ "event_kind": "accepted" }),
                Stage::Running(id) => json!({ "event_kind": "running", "p2p_peer_id": id }),
            };
            json!([addr, { "trusted": point.trusted, "state": state }])
        });
        points.collect()
    }

    fn info(&self, section: &[&str], name: &str, value: Value) {
        self.sink.event(section, Level::Info, name, value);
    }

    fn debug(&self, name: &str, value: Value) {
        self.sink.event(&P2P, Level::Debug, name, value);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    fn send(&self, message: Message) {
        // A connection that is about to end takes no more.
        let _ = self.outbox.send(message);
    }
}
