use tokio::net::UnixStream;

use super::Ready;

impl Ready {
    /// It is ready when it takes connections at this UNIX socket in its directory.
    pub fn unix_socket(name: impl Into<String>) -> Self {
        let name = name.into();
        Self::answer(format!("it takes no connections at its socket `{name}`"), move |node| {
            let path = node.path(&name);
            async move { UnixStream::connect(&path).await.map(drop).map_err(|error| format!("{path}: {error}")) }
        })
    }
}
