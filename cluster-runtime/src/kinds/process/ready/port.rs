use super::Ready;

/// A port as a report names it.
pub(super) fn written(port: &str) -> String {
    if port.is_empty() { "its address".to_owned() } else { format!("its port `{port}`") }
}

impl Ready {
    /// It is ready when it accepts TCP connections on one of its ports; the port of its address has the name "".
    pub fn port(name: &'static str) -> Self {
        let expected = format!("it takes no connections at {}", written(name));
        let ready = Self::answer(expected, async move |node| {
            let addr = node.addr_of(name);
            node.dial(addr).await.map(drop).map_err(|error| format!("{addr}: {error}"))
        });
        Self { port: Some(name), ..ready }
    }
}
