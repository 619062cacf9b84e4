//! What the two programs are called.

/// The names of a program and of its variable.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// The name of the program.
    pub program: &'static str,
    /// The variable that says where events go.
    pub events_variable: &'static str,
}

/// Those of Octez.
pub const OCTEZ: Names = Names { program: "octez-node", events_variable: "TEZOS_EVENTS_CONFIG" };
/// Those of Mavryk.
pub const MAVKIT: Names = Names { program: "mavkit-node", events_variable: "MAVRYK_EVENTS_CONFIG" };
