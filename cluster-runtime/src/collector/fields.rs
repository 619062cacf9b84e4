//! The name and the value of an event, from its fields.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Debug;

use serde_json::{Map, Value, json};
use tracing::Metadata;
use tracing::field::{Field, Visit};

/// The field of what is said in words.
const MESSAGE: &str = "message";
/// The longest name, in bytes.
const LONGEST_NAME: usize = 80;
/// The name of all events that come from the crate `log`.
const OF_LOG: &str = "log event";

/// The fields of an event.
#[derive(Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// The name that the code gives to the event, or else its message, or else its place; and the other fields. A message that
    /// is too long for a name is kept whole.
    pub(super) fn into_name_and_value(self, metadata: &Metadata<'static>) -> (Cow<'static, str>, Value) {
        let Self(mut fields) = self;
        let name = match (fields.get(MESSAGE), has_name(metadata)) {
            (Some(Value::String(message)), false) => {
                let name = shortened(message).to_owned();
                if name.len() == message.len() {
                    fields.remove(MESSAGE);
                }
                name.into()
            }
            _ => metadata.name().into(),
        };
        (name, if fields.is_empty() { Value::Null } else { fields.into() })
    }

    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

/// Whether the code has named it: by default the name is the file and the line.
fn has_name(metadata: &Metadata<'_>) -> bool {
    let place = metadata.name().strip_prefix("event ").zip(metadata.file());
    metadata.name() != OF_LOG && !place.is_some_and(|(place, file)| place.starts_with(file))
}

fn shortened(message: &str) -> &str {
    let line = message.lines().next().unwrap_or_default();
    &line[..line.floor_char_boundary(LONGEST_NAME)]
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add(field, value.to_string());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.add(field, i64::try_from(value).map_or_else(|_| json!(value.to_string()), Value::from));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.add(field, u64::try_from(value).map_or_else(|_| json!(value.to_string()), Value::from));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, if value.is_finite() { json!(value) } else { json!(value.to_string()) });
    }
}
