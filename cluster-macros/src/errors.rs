//! The error sink of all stages: every mistake is reported in one compile.

use proc_macro2::Span;
use quote::ToTokens;
use syn::Error;

/// The errors reported so far. The analysis returns them with its result, so none can be forgotten.
#[derive(Debug, Default)]
#[must_use]
pub struct Errors(Vec<Error>);

impl Errors {
    /// Reports an error that spans all of `tokens`.
    pub fn report(&mut self, tokens: impl ToTokens, message: impl Into<String>) {
        self.0.push(Error::new_spanned(tokens, message.into()));
    }

    /// Reports an error with a second span, which is shown right after the first.
    pub fn report_both(&mut self, tokens: impl ToTokens, message: &str, other: impl ToTokens, other_message: &str) {
        let mut error = Error::new_spanned(tokens, message);
        error.combine(Error::new_spanned(other, other_message));
        self.0.push(error);
    }

    /// Reports an error at a span, where there are no tokens.
    pub fn report_at(&mut self, span: Span, message: impl Into<String>) {
        self.0.push(Error::new(span, message.into()));
    }

    /// Reports the error of a parser.
    pub fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Whether nothing was reported so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of errors so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The errors, in the order in which they were reported.
    pub fn into_vec(self) -> Vec<Error> {
        self.0
    }
}
