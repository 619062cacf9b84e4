use super::{Ready, Sign};

impl Ready {
    /// It is ready when it has written a line that contains this text, to whatever output. It need not be shown by the levels
    /// of the start; but the program must write it, however it is told to log.
    pub fn log_line(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        Self::when(Sign::LogLine(text.into()), format!("it has written no line with `{text}`"))
    }
}
