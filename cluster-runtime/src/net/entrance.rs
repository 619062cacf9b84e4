//! A way for clients of the test to what they cannot reach by themselves.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::driver::Background;

/// Opens a port on loopback. Each connection to it is joined with one that this function makes, for as long as both last; it is closed
/// where none can be made. The port is open as long as the function does not return `None`.
///
/// # Errors
/// When no port or no file descriptor is left.
pub(crate) fn open_entrance<F>(
    background: &Background,
    connect: impl Fn() -> Option<F> + Send + 'static,
) -> io::Result<SocketAddr>
where
    F: Future<Output = io::Result<TcpStream>> + Send + 'static,
{
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    let in_background = background.enter();
    let listener = TcpListener::from_std(listener)?;
    drop(in_background);
    let joining = background.clone();
    background.spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let Some(connecting) = connect() else { return };
            joining.spawn(async move {
                if let Ok(mut far) = connecting.await {
                    // Either end may break off.
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                }
            });
        }
    });
    Ok(addr)
}
