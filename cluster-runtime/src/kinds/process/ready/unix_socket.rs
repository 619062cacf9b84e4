use super::Ready;

impl Ready {
    /// It is ready when it accepts connections on this UNIX socket in its directory.
    pub fn unix_socket(name: impl Into<String>) -> Self {
        let name = name.into();
        Self::answer(format!("it takes no connections at its socket `{name}`"), move |node| {
            let name = name.clone();
            async move {
                let reached = node.state().spot().files().reach_unix_socket(&name).await;
                reached.map_err(|error| format!("{}: {error}", node.path(&name)))
            }
        })
    }
}
