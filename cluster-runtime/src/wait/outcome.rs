use std::borrow::Cow;
use std::fmt::Display;

/// What a filter of events, or a condition of [`Cluster::eventually`](crate::Cluster::eventually), may return: a `bool`, an `Option` or
/// a `Result`. The wait returns what is within.
#[diagnostic::on_unimplemented(
    message = "a filter or a condition returns a `bool`, an `Option` or a `Result`, and not `{Self}`",
    label = "a `bool`, an `Option` or a `Result` is expected here"
)]
pub trait Outcome: Send {
    /// What the wait returns.
    type Value: Send;

    /// The value, or what there is in place of it.
    ///
    /// # Errors
    /// When it is not what is waited for: how a report tells it.
    fn reached(self) -> Result<Self::Value, Cow<'static, str>>;
}

impl Outcome for bool {
    type Value = ();

    fn reached(self) -> Result<(), Cow<'static, str>> {
        if self { Ok(()) } else { Err("false".into()) }
    }
}

impl<T: Send> Outcome for Option<T> {
    type Value = T;

    fn reached(self) -> Result<T, Cow<'static, str>> {
        self.ok_or("None".into())
    }
}

impl<T: Send, E: Display + Send> Outcome for Result<T, E> {
    type Value = T;

    fn reached(self) -> Result<T, Cow<'static, str>> {
        self.map_err(|error| format!("the error: {error}").into())
    }
}
