//! An event as a node writes it: a line of JSON.

use serde_json::{Map, Value};

/// What a line contains.
#[derive(Debug, PartialEq)]
pub(crate) struct EventLine {
    pub(crate) section: String,
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// Reads `{"fd-sink-item.v0":{..,"section":["p2p","io"],"event":{"connection.v0":"id.."}}}`; `None` if it is nothing of the kind.
///
/// Of the value of the sink's item only the section and the event count. The event has one field: its name and its value.
pub(crate) fn parse(line: &str) -> Option<EventLine> {
    let mut item =
        only_field(serde_json::from_str(line).ok()?).filter(|(name, _)| name.starts_with("fd-sink-item."))?.1;
    let words: Option<Vec<_>> = item.get("section")?.as_array()?.iter().map(Value::as_str).collect();
    let section = words?.join(".");
    let (name, value) = only_field(item.get_mut("event")?.take())?;
    Some(EventLine { section, name, value })
}

fn only_field(value: Value) -> Option<(String, Value)> {
    let Value::Object(fields) = value else { return None };
    let mut fields = Map::into_iter(fields);
    let field = fields.next()?;
    fields.next().is_none().then_some(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(event: &str) -> String {
        format!(
            r#"{{"fd-sink-item.v0":{{"hostname":"h","time_stamp":1.3,"section":["validator","chain"],"event":{event}}}}}"#
        )
    }

    #[test]
    fn a_line_has_a_section_a_name_and_a_value() {
        let event = parse(&line(r#"{"connection.v0":"idtn1b"}"#)).expect("it is an event");
        let expected = EventLine {
            section: "validator.chain".to_owned(),
            name: "connection.v0".to_owned(),
            value: json!("idtn1b"),
        };
        assert_eq!(event, expected);
    }

    #[test]
    fn a_value_may_be_nested() {
        let value = json!({ "view": { "request": ["a", { "b": [[1, 2], { "c": null }] }] }, "level": 5 });
        let event = parse(&line(&json!({ "head_increment.v0": value }).to_string())).expect("it is an event");
        assert_eq!(event.value, value);
    }

    #[test]
    fn what_is_no_event_is_not_taken_for_one() {
        let lines = [String::new(), "not json".to_owned(), "[]".to_owned(), "{}".to_owned(), line("{}"), line("7")];
        let torn = line(r#"{"connection.v0":"idtn1b"}"#);
        let torn = &torn[..torn.len() / 2];
        let deep = line(&format!(r#"{{"deep.v0":{}{}}}"#, "[".repeat(5000), "]".repeat(5000)));
        let two = line(r#"{"a.v0":1,"b.v0":2}"#);
        for line in lines.iter().map(String::as_str).chain([torn, &deep, &two]) {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
