use std::any::Any;
use std::fmt;
use std::panic::PanicHookInfo;

/// How a life ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome<T> {
    /// It returned.
    Returned(T),
    /// It was ended from outside.
    Killed,
    /// It, or a task of its runtime, panicked.
    Panicked(Panic),
}

/// A panic that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panic {
    pub(crate) message: String,
    /// Its file, line and column, where a hook saw it.
    pub(crate) location: Option<String>,
}

impl Panic {
    pub(super) fn seen(info: &PanicHookInfo<'_>) -> Self {
        Self { message: panic_message(info.payload()), location: info.location().map(ToString::to_string) }
    }

    pub(super) fn caught(payload: &(dyn Any + Send)) -> Self {
        Self { message: panic_message(payload), location: None }
    }
}

/// The message that a panic was raised with.
pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.location.iter().try_for_each(|location| write!(f, ", at {location}"))
    }
}
