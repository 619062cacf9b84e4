//! Splits bytes that arrive in pieces into lines.

use std::io::BufRead;

/// The longest line that is passed on as a whole, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

/// The line that has begun.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
    /// How many bytes of it were dropped.
    dropped: usize,
}

/// One line, without its end.
#[derive(Debug, PartialEq)]
pub(super) struct RawLine<'a> {
    pub(super) bytes: &'a [u8],
    /// How many bytes at its end were dropped because it is too long.
    pub(super) dropped: usize,
}

impl Lines {
    /// Takes the next bytes, and passes on each line that ends in them.
    pub(super) fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(RawLine<'_>)) {
        while !bytes.is_empty() {
            let start = bytes;
            // The standard library's search is fast even in a debug build.
            let length = bytes.skip_until(b'\n').unwrap_or(start.len());
            match start[..length].split_last() {
                Some((b'\n', whole)) if self.begun.is_empty() && whole.len() <= LONGEST => {
                    each(RawLine { bytes: without_return(whole), dropped: 0 });
                }
                Some((b'\n', rest)) => {
                    self.push(rest);
                    self.end(&mut each);
                }
                _ => self.push(&start[..length]),
            }
        }
    }

    /// Passes on the last line, if it was not ended.
    pub(super) fn finish(&mut self, mut each: impl FnMut(RawLine<'_>)) {
        if !self.begun.is_empty() {
            self.end(&mut each);
        }
    }

    /// Forgets the line that has begun.
    pub(super) fn skip(&mut self) {
        *self = Self::default();
    }

    fn push(&mut self, bytes: &[u8]) {
        let fits = bytes.len().min(LONGEST - self.begun.len());
        self.begun.extend_from_slice(&bytes[..fits]);
        self.dropped += bytes.len() - fits;
    }

    fn end(&mut self, each: &mut impl FnMut(RawLine<'_>)) {
        // Its memory is released too: long lines are rare.
        let line = std::mem::take(self);
        each(RawLine { bytes: without_return(&line.begun), dropped: line.dropped });
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<(Vec<u8>, usize)> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for piece in pieces {
            lines.feed(piece, |line| found.push((line.bytes.to_owned(), line.dropped)));
        }
        lines.finish(|line| found.push((line.bytes.to_owned(), line.dropped)));
        found
    }

    #[test]
    fn torn_lines_are_put_together() {
        let found = lines(&[b"on", b"e\ntwo\r\n\nth", b"re", b"e"]);
        assert_eq!(found, [(b"one".to_vec(), 0), (b"two".to_vec(), 0), (Vec::new(), 0), (b"three".to_vec(), 0)]);
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_and_the_next_is_whole() {
        let long = vec![b'x'; LONGEST + 7];
        let found = lines(&[&long, b"\nnext\n"]);
        assert_eq!(found[0], (vec![b'x'; LONGEST], 7));
        assert_eq!(found[1], (b"next".to_vec(), 0));
    }

    #[test]
    fn the_memory_of_a_line_without_an_end_is_bounded() {
        let mut lines = Lines::default();
        for _ in 0..64 {
            lines.feed(&[0; 65536], |_| panic!("there is no end of a line"));
        }
        assert!(lines.begun.capacity() <= 2 * LONGEST, "{} bytes", lines.begun.capacity());
    }
}
