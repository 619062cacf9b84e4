use std::fmt;
use std::fs;

/// A thread of this process, as the system sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thread(Option<u32>);

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    /// It runs, or could if a processor were free.
    Computing,
    /// It waits in the system: for time, a lock, a file.
    SystemCall,
}

impl Thread {
    /// The calling thread.
    pub(crate) fn current() -> Self {
        let link = fs::read_link("/proc/thread-self").ok();
        Self(link.and_then(|link| link.file_name()?.to_str()?.parse().ok()))
    }

    /// Its number, where the system tells.
    pub(super) fn number(self) -> Option<u32> {
        self.0
    }

    /// What it does now, where the system tells.
    pub(crate) fn activity(self) -> Option<Activity> {
        let stat = fs::read_to_string(format!("/proc/self/task/{}/stat", self.0?)).ok()?;
        // Its name, in parentheses, may hold any characters.
        let (_, after_name) = stat.rsplit_once(')')?;
        match after_name.trim_start().chars().next()? {
            'R' => Some(Activity::Computing),
            'S' | 'D' => Some(Activity::SystemCall),
            _ => None,
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Activity::Computing => "it is computing",
            Activity::SystemCall => "it sleeps in a system call",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn a_thread_that_computes_does_not_sleep() {
        let this = Thread::current();
        // It is asked about by itself, so it runs.
        assert_eq!(this.activity(), Some(Activity::Computing));
    }

    #[test]
    fn a_thread_that_waits_sleeps() {
        let (wait, waits) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        let thread = thread::Builder::new().name("R) R (".to_owned());
        let thread = thread.spawn(move || {
            tell.send(Thread::current()).expect("the test waits");
            let _ = waits.recv();
        });
        let waiting = told.recv().expect("the thread tells");
        while waiting.activity() != Some(Activity::SystemCall) {
            thread::yield_now();
        }
        drop(wait);
        thread.expect("a thread can be had").join().expect("it ends");
    }
}
