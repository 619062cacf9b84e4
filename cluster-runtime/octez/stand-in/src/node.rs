//! A run, from its start to SIGTERM.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::command_line::Run;
use crate::levels::Level;
use crate::network::Network;
use crate::refusal::Result;
use crate::sink::Sink;
use crate::{data_dir, rpc};

const MAIN: [&str; 2] = ["node", "main"];

/// Runs the node until it is told to stop.
pub(crate) fn run(run: Run, events: String) -> Result {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime: {error}"))?;
    runtime.block_on(serve(run, &events))
}

async fn serve(run: Run, events: &str) -> Result {
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| format!("SIGTERM: {error}"))?;
    let opened = data_dir::open(&run.data_dir)?;
    let sink = Sink::open(events)?;
    sink.event(&MAIN, Level::Notice, "read_identity.v0", json!(opened.id));
    let p2p = listen(run.net_addr).await?;
    let _metrics = listen(run.metrics_addr).await?;
    let rpc = listen(run.rpc_addr).await?;

    let network = Network::new(&run, &opened, sink.clone());
    let ready = Arc::new(AtomicBool::new(false));
    tokio::spawn(network.clone().serve(p2p));
    tokio::spawn(rpc::serve(rpc, network, sink.clone(), ready.clone()));
    ready.store(true, Ordering::Release);
    sink.event(&MAIN, Level::Notice, "node_is_ready.v0", Value::Null);
    println!("the stand-in of {} is ready", opened.id);

    terminated.recv().await;
    println!("the stand-in of {} stops", opened.id);
    Ok(())
}

async fn listen(addr: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(addr).await.map_err(|error| format!("cannot listen on {addr}: {error}"))
}
