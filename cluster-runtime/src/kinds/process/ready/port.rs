use tokio::net::TcpStream;

use super::Ready;

impl Ready {
    /// It is ready when it takes TCP connections at one of its ports; the one of its address has the name "".
    pub fn port(name: &'static str) -> Self {
        let expected = match name {
            "" => "it takes no connections at its address".to_owned(),
            name => format!("it takes no connections at its port `{name}`"),
        };
        Self::answer(expected, async move |node| {
            let addr = if name.is_empty() { node.addr() } else { node.addr_of(name) };
            TcpStream::connect(addr).await.map(drop).map_err(|error| format!("{addr}: {error}"))
        })
    }
}
