//! The sink of all stages: every mistake, so that it is reported in one compile, and every name that is half written.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::{Error, Expr};

/// The errors reported so far. The analysis returns them with its result, so none can be forgotten.
#[derive(Default)]
#[must_use]
pub struct Errors {
    errors: Vec<Error>,
    half_written: Vec<HalfWritten>,
}

/// What the editor may be about to complete.
pub enum HalfWritten {
    /// A word of the language, and where the editor finds all that may be here: `shapes`, `statements` or `requirements`.
    Word(&'static str, Ident),
    /// A member of this cluster, or of the outermost.
    Member(Option<usize>, Ident),
    /// An expression within a named cluster.
    Value(Expr),
}

impl HalfWritten {
    /// A name of which nothing is written yet.
    pub fn nothing() -> Ident {
        Ident::new("__nothing", Span::call_site())
    }
}

impl Errors {
    /// Reports an error that spans all of `tokens`.
    pub fn report(&mut self, tokens: impl ToTokens, message: impl Into<String>) {
        self.errors.push(Error::new_spanned(tokens, message.into()));
    }

    /// Reports an error about what is left out then.
    pub fn refuse<T>(&mut self, tokens: impl ToTokens, message: impl Into<String>) -> Option<T> {
        self.report(tokens, message);
        None
    }

    /// Reports an error with a second span, which is shown right after the first.
    pub fn report_both(&mut self, tokens: impl ToTokens, message: &str, other: impl ToTokens, other_message: &str) {
        let mut error = Error::new_spanned(tokens, message);
        error.combine(Error::new_spanned(other, other_message));
        self.errors.push(error);
    }

    /// Keeps a name for the editor to complete.
    pub fn half_written(&mut self, name: HalfWritten) {
        self.half_written.push(name);
    }

    /// Reports the error of a parser, or one where there are no tokens.
    pub fn push(&mut self, error: Error) {
        self.errors.push(error);
    }

    /// Whether nothing was reported so far.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The number of errors so far.
    pub fn len(&self) -> usize {
        self.errors.len()
    }

    /// The errors and the names that are half written, in the order in which they were found.
    pub fn into_parts(self) -> (Vec<Error>, Vec<HalfWritten>) {
        (self.errors, self.half_written)
    }
}
