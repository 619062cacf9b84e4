//! Background work on a thread of its own.

use std::sync::{Mutex, MutexGuard};
use std::thread;

use crate::lock::lock;

/// Does work in batches, on a thread that ends when there is none left.
pub(in crate::place) struct Worker<T: 'static> {
    name: &'static str,
    work: fn(Vec<T>),
    queue: Mutex<Queue<T>>,
}

struct Queue<T> {
    items: Vec<T>,
    has_thread: bool,
}

impl<T: Send + 'static> Worker<T> {
    pub(in crate::place) const fn new(name: &'static str, work: fn(Vec<T>)) -> Self {
        Self { name, work, queue: Mutex::new(Queue { items: Vec::new(), has_thread: false }) }
    }

    pub(in crate::place) fn add(&'static self, item: T) {
        let mut queue = self.queue();
        queue.items.push(item);
        if queue.has_thread {
            return;
        }
        queue.has_thread = thread::Builder::new().name(self.name.to_owned()).spawn(|| self.serve()).is_ok();
        if !queue.has_thread {
            let items = std::mem::take(&mut queue.items);
            drop(queue);
            (self.work)(items);
        }
    }

    fn serve(&self) {
        loop {
            let mut queue = self.queue();
            if queue.items.is_empty() {
                queue.has_thread = false;
                return;
            }
            let items = std::mem::take(&mut queue.items);
            drop(queue);
            (self.work)(items);
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue<T>> {
        lock(&self.queue)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    #[test]
    fn whatever_is_added_is_worked_off_though_the_thread_comes_and_goes() {
        static WORKER: Worker<(u32, Sender<u32>)> = Worker::new("cluster-test", |items| {
            for (number, done) in items {
                done.send(number).expect("the test waits");
            }
        });
        let (done, numbers) = channel();
        for number in 0..1000 {
            WORKER.add((number, done.clone()));
            if number % 100 == 0 {
                thread::yield_now();
            }
        }
        drop(done);
        assert!(numbers.iter().eq(0..1000), "something was lost, or came out of order");
    }
}
