//! Panics on the threads of runtimes, as a hook of the whole process sees them.

use std::panic;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use super::member;
use super::outcome::Panic;

/// What the hook holds: dead once the hook was replaced by one that does not call it.
static HOOK: Mutex<Weak<()>> = Mutex::new(Weak::new());

/// Sees panics from now on, until someone replaces the hook. The hook that was there is still called.
pub(super) fn watch() {
    let mut hook = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    // A hook cannot be set by a thread that panics.
    if hook.strong_count() > 0 || thread::panicking() {
        return;
    }
    let alive = Arc::new(());
    *hook = Arc::downgrade(&alive);
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let _alive = &alive;
        if let Some(control) = member::control() {
            control.note(Panic::seen(info));
        }
        previous(info);
    }));
}
