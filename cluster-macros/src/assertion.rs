//! What only rustc can check, as it needs the values of constants.

use cluster_topology::Comparison;
use proc_macro2::TokenStream;

use crate::pattern::Pattern;
use crate::size::Size;

pub struct Assertion {
    /// One of them holds.
    pub any: Vec<Claim>,
    pub message: String,
    /// Where the message is shown.
    pub at: TokenStream,
}

/// A number that rustc computes, and what it is compared with.
pub type Claim = (Amount, Comparison, u64);

pub enum Amount {
    Members(Size),
    /// Of a network that is one shape of so many nodes.
    Diameter(Pattern, Size),
    /// Of each node of such a network.
    Degree(Pattern, Size),
}
