//! Reports, as tests compare them.

use std::fmt::Debug;

/// The report of an error, line by line, with the time of day of each log line taken out.
pub fn report(error: &impl Debug) -> String {
    format!("{error:?}").lines().map(without_time).collect::<Vec<_>>().join("\n")
}

fn without_time(line: &str) -> String {
    let is_time = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte));
    match line.trim_start().split_once(' ') {
        Some((time, rest)) if time.len() == 12 && is_time(time) => format!("  {rest}"),
        _ => line.to_owned(),
    }
}
