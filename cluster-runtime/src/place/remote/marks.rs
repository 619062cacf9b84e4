//! The lines of a script on a host, in the midst of what a program writes.

/// Takes the lines that begin with a sign out of a stream. They come in a line of their own, for which a line break was added
/// before them, but may come in pieces.
#[derive(Debug)]
pub(super) struct Marks {
    /// The line break and the sign, with the space after it.
    start: Vec<u8>,
    /// What may be the beginning of such a line.
    held: Vec<u8>,
}

/// A piece of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// What the program has written.
    Bytes(Vec<u8>),
    /// What the script has said.
    Said(String),
}

impl Marks {
    pub(super) fn new(sign: &str) -> Self {
        Self { start: format!("\n{sign} ").into_bytes(), held: Vec::new() }
    }

    /// Takes the next bytes apart.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Piece> {
        self.held.extend_from_slice(bytes);
        let mut pieces = Vec::new();
        while let Some(at) = find(&self.held, &self.start) {
            let text = at + self.start.len();
            let Some(length) = self.held[text..].iter().position(|byte| *byte == b'\n') else {
                self.let_go(at, &mut pieces);
                return pieces;
            };
            let said = String::from_utf8_lossy(&self.held[text..text + length]).into_owned();
            self.let_go(at, &mut pieces);
            self.held.drain(..self.start.len() + length + 1);
            pieces.push(Piece::Said(said));
        }
        // The end may be the beginning of a line.
        let kept = (0..self.start.len().min(self.held.len() + 1)).rev();
        let kept = kept.into_iter().find(|kept| self.held.ends_with(&self.start[..*kept])).unwrap_or_default();
        self.let_go(self.held.len() - kept, &mut pieces);
        pieces
    }

    /// What is left at the end of the stream.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    fn let_go(&mut self, length: usize, pieces: &mut Vec<Piece>) {
        if length > 0 {
            pieces.push(Piece::Bytes(self.held.drain(..length).collect()));
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    // Most bytes are no line breaks.
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == wanted[0]) {
        if bytes[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_taken_out_wherever_the_stream_is_cut() {
        let stream = b"no line break\nS!ended 7 \nS! runs\nin the midst\n\nS! ended 7\n\nS! cut off";
        for cut in 0..stream.len() {
            let mut marks = Marks::new("S!");
            let pieces = [marks.feed(&stream[..cut]), marks.feed(&stream[cut..])].into_iter().flatten();
            let (mut bytes, mut said) = (Vec::new(), Vec::new());
            for piece in pieces {
                match piece {
                    Piece::Bytes(piece) => bytes.extend(piece),
                    Piece::Said(text) => said.push((bytes.len(), text)),
                }
            }
            bytes.extend(marks.finish());
            let written = b"no line break\nS!ended 7 in the midst\n\nS! cut off";
            assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(written), "cut at {cut}");
            assert_eq!(said, [(24, "runs".to_owned()), (37, "ended 7".to_owned())], "cut at {cut}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_ours_is_not_held() {
        let mut marks = Marks::new("S!");
        assert_eq!(marks.feed(b"half a line"), [Piece::Bytes(b"half a line".to_vec())]);
        assert_eq!(marks.feed(b"\nS"), []);
        assert_eq!(marks.feed(b"o"), [Piece::Bytes(b"\nSo".to_vec())]);
    }
}
