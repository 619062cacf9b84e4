//! Panics on the threads of runtimes, as a hook of the whole process sees them.

use std::cell::RefCell;
use std::panic;
use std::sync::{Arc, Mutex, Weak};
use std::thread;

use super::member;
use super::outcome::Panic;

use crate::lock::lock;

thread_local! {
    /// The last panic of this thread.
    static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// What the hook holds: dead once the hook was replaced by one that does not call it.
static HOOK: Mutex<Weak<()>> = Mutex::new(Weak::new());

/// Sees panics from now on, until someone replaces the hook. The hook that was there is still called.
pub(crate) fn watch_panics() {
    let mut hook = lock(&HOOK);
    // A hook cannot be set by a thread that panics.
    if hook.strong_count() > 0 || thread::panicking() {
        return;
    }
    let alive = Arc::new(());
    *hook = Arc::downgrade(&alive);
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let _alive = &alive;
        let _ = LAST.try_with(|last| last.replace(Some(Panic::seen(info))));
        if let Some(control) = member::control() {
            control.note(Panic::seen(info));
        }
        previous(info);
    }));
}

/// The last panic of the calling thread, if one was seen.
pub(crate) fn last_panic() -> Option<Panic> {
    LAST.try_with(|last| last.borrow().clone()).ok().flatten()
}
