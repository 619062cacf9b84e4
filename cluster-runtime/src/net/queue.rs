use std::collections::VecDeque;
use std::io;
use std::time::Instant;

/// How many bytes a stream may have on their way in one direction.
const CAPACITY: usize = 1 << 20;

/// What is on its way in one direction of a stream, in its order.
#[derive(Debug, Default)]
pub(super) struct Queue {
    items: VecDeque<(Instant, Item)>,
    bytes: usize,
}

#[derive(Debug)]
pub(super) enum Item {
    Bytes(VecDeque<u8>),
    /// The end of the stream.
    End,
    Failed(io::ErrorKind),
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many bytes may be added.
    pub(super) fn room(&self) -> usize {
        CAPACITY.saturating_sub(self.bytes)
    }

    /// Adds what arrives at `due`, or after all that was added before.
    pub(super) fn push(&mut self, due: Instant, item: Item) {
        if let Item::Bytes(bytes) = &item {
            self.bytes += bytes.len();
        }
        let due = self.items.back().map_or(due, |(last, _)| due.max(*last));
        self.items.push_back((due, item));
    }

    /// What arrives next, and when.
    pub(super) fn front(&mut self) -> Option<(Instant, &mut Item)> {
        self.items.front_mut().map(|(due, item)| (*due, item))
    }

    /// So many bytes of the front have been taken. The front is removed when none is left.
    pub(super) fn took(&mut self, count: usize) {
        self.bytes -= count;
        if let Some((_, Item::Bytes(bytes))) = self.items.front_mut() {
            bytes.drain(..count);
            if !bytes.is_empty() {
                return;
            }
        }
        self.items.pop_front();
    }
}
