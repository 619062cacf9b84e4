//! EDN, the data notation of Clojure.

use serde_json::Value;

pub(super) fn edn(value: &Value) -> String {
    match value {
        Value::Null => "nil".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => string(text),
        Value::Array(items) => format!("[{}]", items.iter().map(edn).collect::<Vec<_>>().join(" ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{} {}", key(name), edn(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A keyword, where the name can be one; otherwise a string.
pub(super) fn key(name: &str) -> String {
    let mut bytes = name.bytes();
    let is_keyword = bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-_?!*+.".contains(&byte));
    if is_keyword { format!(":{name}") } else { string(name) }
}

fn string(text: &str) -> String {
    let mut written = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => written.extend(['\\', char]),
            '\n' => written += "\\n",
            '\r' => written += "\\r",
            '\t' => written += "\\t",
            other => written.push(other),
        }
    }
    written + "\""
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_becomes_edn() {
        let value = json!([null, true, 1.5, "a \"b\"\\\n", { "key": [1, 2] }, { "no key": -1 }]);
        assert_eq!(edn(&value), r#"[nil true 1.5 "a \"b\"\\\n" {:key [1 2]} {"no key" -1}]"#);
    }
}
