/// Whether a line that a program has written is a frame of a backtrace, such as Rust's `   7: kv::main` and `      at src/main.rs:7`:
/// what it has to say is in the lines around those.
pub(crate) fn is_frame(line: &[u8]) -> bool {
    let indentation = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let text = &line[indentation..];
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_numbered = digits > 0 && text[digits..].starts_with(b": ");
    indentation > 0 && (is_numbered || text.starts_with(b"at "))
}

#[cfg(test)]
mod tests {
    use super::is_frame;

    #[test]
    fn a_backtrace_has_frames_and_the_text_around_it_has_none() {
        let panic = "thread 'main' panicked at src/main.rs:7:5:\non purpose\nstack backtrace:\n   0: core::panicking::panic_fmt\n\
                     \x20            at /rustc/library/core/src/panicking.rs:75:14\n  12: kv::main\n\nnote: some are omitted\n";
        let left: Vec<_> = panic.lines().filter(|line| !is_frame(line.as_bytes())).collect();
        let expected = [
            "thread 'main' panicked at src/main.rs:7:5:",
            "on purpose",
            "stack backtrace:",
            "",
            "note: some are omitted",
        ];
        assert_eq!(left, expected);
    }

    #[test]
    fn an_indented_option_or_a_number_at_the_beginning_is_no_frame() {
        for line in ["  --listen <addr>", "7: a log line", "  at", "   7 peers", ""] {
            assert!(!is_frame(line.as_bytes()), "{line}");
        }
    }
}
