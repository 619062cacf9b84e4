//! `cluster!` where the runtime has another name in `Cargo.toml`, and the one of its package is taken.

#[cfg(test)]
mod tests {
    use renamed::{Loopback, Node, cluster};

    #[allow(unused, reason = "whoever takes it for the runtime finds nothing in it")]
    mod cluster_runtime {}

    #[test]
    fn a_renamed_dependency_is_found() {
        let (number, index) = (3, 1);
        let net = cluster! { hub; rim[3]: ring + star(hub); v[dyn number] = Loopback::new(); connect(v[index], rim) };
        let hub: &Node<Loopback> = &net.hub;
        assert_eq!(hub.peers().len(), 3);
        assert_eq!(net.topology().links().len(), 9);
    }
}
