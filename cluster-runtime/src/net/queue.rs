use std::collections::VecDeque;
use std::io;
use std::time::Instant;

use tokio::io::ReadBuf;

/// How many bytes a stream may have on their way in one direction.
const CAPACITY: usize = 1 << 20;
/// For how many bytes it keeps space while it is empty: a network has many streams, and most of them are.
const KEPT: usize = 64;

/// What is on its way in one direction of a stream, in its order.
#[derive(Debug, Default)]
pub(super) struct Queue {
    items: VecDeque<(Instant, Item)>,
    /// Those of all items.
    bytes: VecDeque<u8>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    /// So many bytes.
    Bytes(usize),
    /// The end of the stream.
    End,
    Failed(io::ErrorKind),
}

impl Item {
    /// How many bytes it has.
    pub(super) fn length(self) -> usize {
        match self {
            Item::Bytes(length) => length,
            Item::End | Item::Failed(_) => 0,
        }
    }
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many bytes may be added.
    pub(super) fn room(&self) -> usize {
        CAPACITY.saturating_sub(self.bytes.len())
    }

    /// Adds bytes of the item that is pushed next.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// Adds what arrives at `due`, or after all that was added before.
    pub(super) fn push(&mut self, due: Instant, item: Item) {
        let due = self.items.back().map_or(due, |(last, _)| due.max(*last));
        self.items.push_back((due, item));
    }

    /// What arrives next, and when.
    pub(super) fn front(&self) -> Option<(Instant, Item)> {
        self.items.front().copied()
    }

    /// Takes bytes of the front, as many as the buffer has space for.
    pub(super) fn read(&mut self, buffer: &mut ReadBuf<'_>) {
        let count = self.length().min(buffer.remaining());
        let (first, rest) = self.bytes.as_slices();
        let of_first = count.min(first.len());
        buffer.put_slice(&first[..of_first]);
        buffer.put_slice(&rest[..count - of_first]);
        self.took(count);
    }

    /// The first bytes of the front, which can be [taken](Self::took).
    pub(super) fn bytes(&self) -> &[u8] {
        let (first, _) = self.bytes.as_slices();
        &first[..self.length().min(first.len())]
    }

    /// So many bytes of the front have been taken. The front is removed when none is left.
    pub(super) fn took(&mut self, count: usize) {
        self.bytes.drain(..count);
        if let Some((_, Item::Bytes(left))) = self.items.front_mut() {
            *left -= count;
            if *left > 0 {
                return;
            }
        }
        self.items.pop_front();
        if self.items.is_empty() && self.bytes.capacity() > KEPT {
            *self = Self::default();
        }
    }

    /// How many bytes the front has.
    fn length(&self) -> usize {
        self.front().map_or(0, |(_, item)| item.length())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(queue: &mut Queue, most: usize) -> Vec<u8> {
        let mut space = vec![0; most];
        let mut buffer = ReadBuf::new(&mut space);
        queue.read(&mut buffer);
        buffer.filled().to_vec()
    }

    fn push(queue: &mut Queue, bytes: &[u8]) {
        queue.write(bytes);
        queue.push(Instant::now(), Item::Bytes(bytes.len()));
    }

    #[test]
    fn a_read_ends_where_what_follows_may_arrive_later() {
        let mut queue = Queue::default();
        push(&mut queue, b"abc");
        push(&mut queue, b"de");
        assert_eq!(read(&mut queue, 2), b"ab");
        assert_eq!(read(&mut queue, 9), b"c", "it went on into the next item");
        assert_eq!(read(&mut queue, 9), b"de");
        assert!(queue.is_empty());
    }

    #[test]
    fn bytes_stay_whole_where_the_space_begins_again() {
        let mut queue = Queue::default();
        for number in 0..1000_usize {
            let bytes: Vec<u8> = (0..5 + number % 3).map(|place| (number + place) as u8).collect();
            push(&mut queue, &bytes);
            assert_eq!(read(&mut queue, 9), bytes);
        }
    }

    #[test]
    fn an_empty_queue_has_given_back_the_space_of_a_burst() {
        let mut queue = Queue::default();
        push(&mut queue, &[7; CAPACITY]);
        assert_eq!(queue.room(), 0);
        assert_eq!(read(&mut queue, CAPACITY).len(), CAPACITY);
        assert!(queue.bytes.capacity() <= KEPT, "it keeps {} bytes", queue.bytes.capacity());
    }
}
