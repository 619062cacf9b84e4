use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks it, whether or not somebody has panicked with it: the panic of one test is not to fail the others.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
