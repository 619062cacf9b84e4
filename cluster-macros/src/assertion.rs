//! What only rustc can check, as it needs the values of constants.

use proc_macro2::TokenStream;

use crate::ast::Demand;
use crate::pattern::Pattern;
use crate::size::Size;

pub struct Assertion {
    pub condition: Condition,
    pub message: String,
    /// Where the message is shown.
    pub at: TokenStream,
}

pub enum Condition {
    AtLeast(Size, u64),
    AtMost(Size, u64),
    /// An empty group has a message of its own.
    NoneOrAtLeast(Size, u64),
    /// A product that alone is more has a message of its own.
    TogetherAtMost(Size, u64),
    /// The diameter, or the degree of each node, of a network that is one shape of so many nodes, against a number.
    Network(Pattern, Size, Demand, u64),
}
