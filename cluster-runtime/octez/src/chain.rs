use std::fmt;

use cluster_runtime::Speaks;

/// A chain, by what its node's program and its variables are called. It is also the protocol of its nodes: those of
/// different chains cannot be linked.
pub trait Chain: Speaks<Self> + fmt::Debug + Send + Sync + Sized + sealed::Sealed + 'static {
    /// The name of the program.
    const PROGRAM: &'static str;
    /// The variable in the environment with the path of the program.
    const PATH_VARIABLE: &'static str;
    /// The variable in the program's environment with the destination of its events.
    const EVENTS_VARIABLE: &'static str;
}

/// Tezos, whose node is `octez-node`.
#[derive(Debug)]
pub struct Tezos;

impl Speaks<Tezos> for Tezos {}

impl Chain for Tezos {
    const PROGRAM: &'static str = "octez-node";
    const PATH_VARIABLE: &'static str = "OCTEZ_NODE";
    const EVENTS_VARIABLE: &'static str = "TEZOS_EVENTS_CONFIG";
}

/// Mavryk, whose node is `mavkit-node`.
#[derive(Debug)]
pub struct Mavryk;

impl Speaks<Mavryk> for Mavryk {}

impl Chain for Mavryk {
    const PROGRAM: &'static str = "mavkit-node";
    const PATH_VARIABLE: &'static str = "MAVKIT_NODE";
    const EVENTS_VARIABLE: &'static str = "MAVRYK_EVENTS_CONFIG";
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Tezos {}
    impl Sealed for super::Mavryk {}
}
