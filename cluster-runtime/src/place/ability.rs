/// What places can do, each its part.
///
/// # Examples
/// ```
/// use cluster_runtime::place::{Ability, Local, Place};
///
/// assert!(Local.can(Ability::InProcess));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ability {
    /// Nodes in the test's process, such as services, have their sockets there.
    InProcess,
    /// All nodes and the test reach each other on loopback, so that relays of the test can break links. A place that lacks this
    /// breaks them itself, as far as it can.
    Relays,
    /// Programs can be suspended.
    Pause,
    /// Packets from one node to another can be dropped.
    Drop,
    /// They can be refused.
    Refuse,
    /// The connections that they make can be reset.
    Reset,
    /// They can be limited in rate.
    Rate,
    /// They can be lost at random.
    Loss,
    /// They can be delayed, for a constant and a random time.
    Delay,
}
