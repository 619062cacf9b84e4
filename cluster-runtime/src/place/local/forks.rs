use std::sync::RwLock;

/// Held while a child may be forked: until its exec, it has copies of all our sockets.
pub(in crate::place) static FORKS: RwLock<()> = RwLock::new(());
