//! The sink that every stage reports to, so that all mistakes show in one compile.

use proc_macro2::Span;
use quote::ToTokens;
use syn::Error;

/// The mistakes found so far. It is handed out together with the output, so none can be forgotten.
#[derive(Debug, Default)]
#[must_use]
pub struct Errors(Vec<Error>);

impl Errors {
    /// Records a mistake over the whole range of `tokens`.
    pub fn report(&mut self, tokens: impl ToTokens, message: impl Into<String>) {
        self.0.push(Error::new_spanned(tokens, message.into()));
    }

    /// Records a mistake that has a second place, which is shown right after the first.
    pub fn report_both(&mut self, tokens: impl ToTokens, message: &str, other: impl ToTokens, other_message: &str) {
        let mut error = Error::new_spanned(tokens, message);
        error.combine(Error::new_spanned(other, other_message));
        self.0.push(error);
    }

    /// Records a mistake where there are no tokens to show.
    pub fn report_at(&mut self, span: Span, message: impl Into<String>) {
        self.0.push(Error::new(span, message.into()));
    }

    /// Records what a parser returned.
    pub fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Whether all is well so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The mistakes, in the order in which they were found.
    pub fn into_vec(self) -> Vec<Error> {
        self.0
    }
}
