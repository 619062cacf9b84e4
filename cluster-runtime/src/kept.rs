//! Values that are found where their type is not known: what waits for them is compiled once, and not again for each type.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::lock::lock;

/// What a closure has kept, in its order.
pub(crate) struct Kept<T>(Arc<Mutex<Vec<T>>>);

impl<T> Kept<T> {
    pub(crate) fn nothing() -> Self {
        Self(Arc::default())
    }

    pub(crate) fn keep(&self, value: T) {
        self.values().push(value);
    }

    /// The value that was kept last, and has to be there.
    pub(crate) fn last(&self) -> T {
        self.values().pop().expect("the wait ends when one is kept")
    }

    pub(crate) fn all(&self) -> Vec<T> {
        std::mem::take(&mut self.values())
    }

    fn values(&self) -> MutexGuard<'_, Vec<T>> {
        lock(&self.0)
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
