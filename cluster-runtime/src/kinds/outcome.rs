use crate::error::{BoxError, Error, Result};

/// What an asynchronous function of a test's own returns: a [`Result`](std::result::Result) with any error.
///
/// It is a bound of its own, and not `Result<T, E>` with a parameter `E`, so that rustc shows the `Ok(())` of a closure that does not
/// say its error, with what to write in its place: `Ok::<(), E>(())`.
#[diagnostic::on_unimplemented(
    message = "the function returns `{Self}`, and not a `Result` with `{T}` and an error",
    note = "a closure ends with `Ok::<(), cluster_runtime::Error>(())`"
)]
pub trait Outcome<T> {
    /// The same with the error of this crate.
    #[doc(hidden)]
    fn into_result(self) -> Result<T>;
}

impl<T, E: Into<BoxError>> Outcome<T> for std::result::Result<T, E> {
    fn into_result(self) -> Result<T> {
        self.map_err(Error::other)
    }
}
