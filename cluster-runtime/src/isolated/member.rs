//! Which runtime the calling thread belongs to.

use std::cell::RefCell;
use std::sync::Arc;

use super::control::Control;
use super::threads::Thread;

thread_local! {
    static MEMBER: RefCell<Option<Member>> = const { RefCell::new(None) };
    /// What the thread runs for now, if that has no threads.
    static VISITED: RefCell<Option<Arc<Control>>> = const { RefCell::new(None) };
}

/// A thread's membership, which ends with the thread: after all that it ran, and after the thread-locals of that.
struct Member {
    control: Arc<Control>,
    thread: Arc<Thread>,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.control.mark.remove();
        if self.control.threads.end(&self.thread) {
            self.control.gone();
        }
    }
}

/// Makes the calling thread the root's.
pub(super) fn begin_root(control: &Arc<Control>) -> Arc<Thread> {
    begin(control, control.threads.begin_root())
}

/// Makes the calling thread one of a runtime's others.
pub(super) fn begin_other(control: &Arc<Control>) {
    begin(control, control.threads.begin());
}

fn begin(control: &Arc<Control>, thread: Arc<Thread>) -> Arc<Thread> {
    control.mark.set();
    MEMBER.set(Some(Member { control: control.clone(), thread: thread.clone() }));
    control.origin.attach();
    thread
}

/// Lets the calling thread do this for a runtime that has no threads.
#[cfg(feature = "simulated")]
pub(super) fn visit<T>(control: &Arc<Control>, work: impl FnOnce() -> T) -> T {
    VISITED.set(Some(control.clone()));
    let output = work();
    VISITED.take();
    output
}

/// What the calling thread belongs to, if it is to anything.
pub(super) fn control() -> Option<Arc<Control>> {
    let visited = VISITED.try_with(|visited| visited.borrow().clone()).ok().flatten();
    visited.or_else(|| with(|member| member.control.clone()))
}

/// The calling thread has nothing to do.
pub(super) fn parks() {
    with(|member| member.thread.parks());
}

/// The calling thread is between two tasks.
pub(super) fn yields() {
    with(|member| member.thread.yields());
}

fn with<T>(look: impl FnOnce(&Member) -> T) -> Option<T> {
    // It is not there on other threads, and no longer at a thread's very end.
    MEMBER.try_with(|member| member.try_borrow().ok()?.as_ref().map(look)).ok()?
}
