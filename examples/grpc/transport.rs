//! tonic over the sockets of a node, which are cut with its links, and simulated in simulated time.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use cluster_runtime::NodeContext;
use cluster_runtime::net::{Listener, Stream};
use futures_util::stream;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tonic::codegen::http::uri::Authority;
use tonic::transport::Uri;
use tonic::transport::server::{Connected, TcpConnectInfo};
use tower::Service;

/// What tonic serves: `Server::builder().add_service(..).serve_with_incoming(incoming(node.listen()?))`.
pub fn incoming(listener: Listener) -> impl stream::Stream<Item = io::Result<Accepted>> {
    stream::unfold(listener, async |listener| {
        let accepted = listener.accept().await.map(|(stream, _from)| Accepted(stream));
        Some((accepted, listener))
    })
}

/// What tonic dials by: `Endpoint::from_shared("http://127.0.0.2:1000")?.connect_with_connector(dialler(node))`.
pub fn dialler(
    node: NodeContext,
) -> impl Service<Uri, Response = TokioIo<Stream>, Error = io::Error, Future: Send + Unpin> + Clone {
    tower::service_fn(move |uri: Uri| {
        let node = node.clone();
        Box::pin(async move {
            let addr = uri.authority().map_or("", Authority::as_str).parse().map_err(io::Error::other)?;
            Ok(TokioIo::new(node.dial(addr).await?))
        })
    })
}

/// A connection that was accepted.
pub struct Accepted(Stream);

impl Connected for Accepted {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        TcpConnectInfo { local_addr: self.0.local_addr().ok(), remote_addr: self.0.peer_addr().ok() }
    }
}

impl AsyncRead for Accepted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Accepted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
