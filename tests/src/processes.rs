//! Processes of this machine.

use std::path::{Path, PathBuf};

/// Whether there is such a process, if only as a zombie.
pub fn exists(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

/// The command lines of the processes that have this text in their environment or on their command line. Each variable and each
/// argument ends with a `\0`.
pub fn processes_with(text: &str) -> Vec<String> {
    let read = |process: &Path, file: &str| std::fs::read(process.join(file)).unwrap_or_default();
    let contains = |bytes: Vec<u8>| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let has_text = |process: &PathBuf| ["environ", "cmdline"].into_iter().any(|file| contains(read(process, file)));
    let processes = std::fs::read_dir("/proc").expect("this system shows its processes").flatten();
    let numbered = processes.filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit());
    let having = numbered.map(|entry| entry.path()).filter(has_text);
    having.map(|process| String::from_utf8_lossy(&read(&process, "cmdline")).replace('\0', " ")).collect()
}
