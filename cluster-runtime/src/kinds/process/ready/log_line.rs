use super::{Ready, Sign};

impl Ready {
    /// It is ready when it has written a line that contains this text to any output. The levels of the start may hide the line,
    /// but the program must be configured to write it.
    pub fn log_line(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        Self::when(Sign::LogLine(text.into()), format!("it has written no line with `{text}`"))
    }
}
