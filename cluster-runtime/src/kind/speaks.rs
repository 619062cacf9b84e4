/// Protocols whose nodes can be linked: a node that speaks `Self` with one that speaks `P`.
///
/// A protocol is any type. It must speak itself, so that nodes of one kind can be linked.
///
/// # Examples
/// ```
/// use cluster_runtime::{Service, Speaks};
///
/// struct Raft;
/// impl Speaks<Raft> for Raft {}
///
/// let server = Service::new(async |_node| Ok::<(), std::io::Error>(())).protocol::<Raft>();
/// ```
#[diagnostic::on_unimplemented(
    message = "nodes that speak `{Self}` cannot be linked to nodes that speak `{P}`",
    label = "these nodes do not speak the same protocol",
    note = "link nodes of one protocol, or write `impl Speaks<{P}> for {Self} {{}}` if they do understand each other"
)]
pub trait Speaks<P: ?Sized> {}
