//! Networks of `octez-node`: the one that `OCTEZ_NODE` names, or else a **stand-in**, which is no Octez node; see the package
//! `octez-stand-in`.

mod rpc;
mod stand_in;
