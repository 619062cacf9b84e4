//! The RPC server.
//!
//! | RPC of Octez | answer |
//! |---|---|
//! | `GET /network/self` | the identity |
//! | `GET /health/ready` | `{"ready": bool}` |
//! | `GET /network/connections` | the connections |
//! | `GET /network/points` | the known points |
//! | `GET /config/history_mode` | `{"history_mode": ".."}` as it was given |
//! | `PUT /network/points/A:P`, with `{}` | dials |
//! | `DELETE /network/connections/ID` | drops a connection |
//!
//! | RPC of the stand-in | what it does |
//! |---|---|
//! | `POST /stand_in/bake` | makes a block out of nothing, of the next level, which the network hears of; answers the level |
//! | `POST /stand_in/write` | writes the body to the pipe of the events, as it is |
//! | `POST /stand_in/exit` | ends the program at once, with the exit code in the body |

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::command_line::address;
use crate::identity::PeerId;
use crate::network::Network;
use crate::sink::Sink;

/// An answer in one chunk: its length is not told, as Octez does not either.
struct Chunked(Full<Bytes>);

impl Body for Chunked {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }
}

#[derive(Clone)]
struct Server {
    network: Arc<Network>,
    sink: Sink,
    ready: Arc<AtomicBool>,
}

pub(crate) async fn serve(listener: TcpListener, network: Arc<Network>, sink: Sink, ready: Arc<AtomicBool>) {
    let server = Server { network, sink, ready };
    while let Ok((stream, _)) = listener.accept().await {
        let server = server.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| server.clone().answer(request));
            // A client that goes away in the middle is its own affair.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

impl Server {
    async fn answer(self, request: Request<Incoming>) -> hyper::Result<Response<Chunked>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let (status, value) = self.dispatch(&head.method, head.uri.path(), &body);
        let mut response = Response::new(Chunked(Full::new(Bytes::from(format!("{value}\n")))));
        *response.status_mut() = status;
        response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
        Ok(response)
    }

    fn dispatch(&self, method: &Method, path: &str, body: &Bytes) -> (StatusCode, Value) {
        let segments: Vec<_> = path.split('/').skip(1).collect();
        match (method.as_str(), segments.as_slice()) {
            ("GET", ["network", "self"]) => ok(json!(self.network.id())),
            ("GET", ["health", "ready"]) => ok(json!({ "ready": self.ready.load(Ordering::Acquire) })),
            ("GET", ["network", "connections"]) => ok(self.network.connections()),
            ("GET", ["network", "points"]) => ok(self.network.points()),
            ("GET", ["config", "history_mode"]) => ok(json!({ "history_mode": self.network.history_mode() })),
            ("PUT", ["network", "points", point]) => self.dial(point, body),
            ("DELETE", ["network", "connections", id]) => self.drop_connection(id),
            ("POST", ["stand_in", "bake"]) => ok(json!(self.network.bake())),
            ("POST", ["stand_in", "write"]) => {
                self.sink.write(body.to_vec());
                ok(json!({}))
            }
            ("POST", ["stand_in", "exit"]) => match std::str::from_utf8(body).map(str::parse) {
                Ok(Ok(code)) => std::process::exit(code),
                _ => bad_request("expected an exit code in the body"),
            },
            _ => (StatusCode::NOT_FOUND, json!([{ "kind": "permanent", "id": "stand_in.no_such_rpc", "path": path }])),
        }
    }

    fn dial(&self, point: &str, body: &Bytes) -> (StatusCode, Value) {
        if !serde_json::from_slice::<Value>(body).is_ok_and(|body| body == json!({})) {
            return bad_request("expected `{}` in the body");
        }
        let point = match address("point", point) {
            Ok(point) => point,
            Err(why) => return bad_request(&why),
        };
        match self.network.dial_too(point) {
            Ok(()) => ok(json!({})),
            Err(why) => (StatusCode::INTERNAL_SERVER_ERROR, json!([{ "kind": "permanent", "id": why }])),
        }
    }

    fn drop_connection(&self, id: &str) -> (StatusCode, Value) {
        match PeerId::parse(id) {
            Ok(id) if self.network.drop_connection(&id) => ok(json!({})),
            Ok(_) => (StatusCode::NOT_FOUND, json!([])),
            Err(why) => bad_request(&why),
        }
    }
}

fn ok(value: Value) -> (StatusCode, Value) {
    (StatusCode::OK, value)
}

fn bad_request(why: &str) -> (StatusCode, Value) {
    (StatusCode::BAD_REQUEST, json!([{ "kind": "permanent", "id": "stand_in.bad_request", "why": why }]))
}
