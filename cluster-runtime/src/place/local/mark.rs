//! Marks on threads of this process, by which those are known that code in a node has started itself.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard};

use super::thread::Thread;

use crate::lock::lock;

/// The system's name of the calling thread.
const NAME: &str = "/proc/thread-self/comm";
/// How long a name is for the system, in bytes.
const LENGTH: usize = 15;

/// A mark, which is in no other use: a name for the system. A thread that is started without a name inherits it, and so do those
/// that it starts; one with a name does not.
#[derive(Debug)]
pub(crate) struct Mark {
    plain: String,
    marked: String,
}

impl Mark {
    /// A mark by which a person still knows this name.
    pub(crate) fn new(name: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = format!("#{:x}", NEXT.fetch_add(1, Ordering::Relaxed));
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        let letters = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' });
        let short = |length: usize| letters.clone().take(length).collect::<String>();
        let marked = short(LENGTH.saturating_sub(number.len())) + &number;
        Self { plain: short(LENGTH), marked }
    }

    /// Marks the calling thread, where the system has names of threads.
    pub(crate) fn set(&self) {
        marked().extend(Thread::current().number());
        let _ = fs::write(NAME, &self.marked);
    }

    /// Removes it from the calling thread, which is about to end.
    pub(crate) fn remove(&self) {
        let _ = fs::write(NAME, &self.plain);
        if let Some(thread) = Thread::current().number() {
            marked().remove(&thread);
        }
    }
}

/// The threads that were marked, which are not those that have inherited a mark.
fn marked() -> MutexGuard<'static, HashSet<u32>> {
    static MARKED: LazyLock<Mutex<HashSet<u32>>> = LazyLock::new(Mutex::default);
    lock(&MARKED)
}

/// The marks that threads of this process have inherited, at one moment.
#[derive(Debug)]
pub(crate) struct Marks(HashMap<String, usize>);

impl Marks {
    pub(crate) fn now() -> Self {
        let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
        let numbers = threads.filter_map(|thread| thread.file_name().to_str()?.parse::<u32>().ok());
        let mut others: Vec<_> = numbers.collect();
        let own = marked();
        others.retain(|thread| !own.contains(thread));
        drop(own);
        let mut counts = HashMap::new();
        for thread in others {
            // It may have ended.
            let name = fs::read_to_string(format!("/proc/self/task/{thread}/comm")).unwrap_or_default();
            *counts.entry(name.trim_end_matches('\n').to_owned()).or_default() += 1;
        }
        Self(counts)
    }

    /// The number of threads that have inherited this mark.
    pub(crate) fn count(&self, mark: &Mark) -> usize {
        self.0.get(&mark.marked).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_thread_without_a_name_inherits_the_mark() {
        let (mark, other) = (Mark::new("a.rather.long.name"), Mark::new("a.rather.long.name"));
        let counts = thread::spawn(move || {
            mark.set();
            let of_none = Marks::now().count(&mark);
            let (end, ended) = std::sync::mpsc::channel::<()>();
            let (tell, begun) = std::sync::mpsc::channel();
            let child = thread::spawn(move || {
                // It begins with the name that it inherits.
                tell.send(()).expect("its starter waits");
                let _ = ended.recv();
            });
            begun.recv().expect("it begins");
            let (of_child, of_other) = (Marks::now().count(&mark), Marks::now().count(&other));
            mark.remove();
            let of_rest = Marks::now().count(&mark);
            drop(end);
            child.join().expect("no panic");
            [of_none, of_child, of_other, of_rest]
        })
        .join()
        .expect("no panic");
        assert_eq!(counts, [0, 1, 0, 1], "before it has a child, with one, of another mark, and after it was removed");
    }
}
