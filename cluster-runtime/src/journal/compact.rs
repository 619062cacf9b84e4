//! A JSON value in few bytes, as a journal has many: a map takes 632, however few fields it has.
//!
//! A value is written as its kind, a byte, and then its number, or its length and its text, or the count of its parts and these.
//! Counts have seven bits a byte, the lowest first.

use serde_json::{Map, Number, Value};

/// How deep a value may be to be written: what is deeper is kept as it is, so that no stack overflows.
const DEEPEST: usize = 128;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const UNSIGNED: u8 = 3;
const FRACTION: u8 = 4;
/// Any other number, as text.
const NUMBER: u8 = 5;
const STRING: u8 = 6;
const ARRAY: u8 = 7;
const OBJECT: u8 = 8;

/// A JSON value that takes few bytes, and comes back as it was.
#[derive(Debug)]
pub(crate) struct Compact(Form);

#[derive(Debug)]
enum Form {
    /// Nothing for null.
    Bytes(Box<[u8]>),
    TooDeep(Box<Value>),
}

impl Compact {
    pub(crate) fn null() -> Self {
        Self(Form::Bytes(Box::default()))
    }

    /// An object with one field, a text. No map is made for it.
    pub(crate) fn field(name: &str, text: &str) -> Self {
        let mut bytes = Vec::with_capacity(name.len() + text.len() + 16);
        write_head(OBJECT, 1, &mut bytes);
        write_text(name, &mut bytes);
        bytes.push(STRING);
        write_text(text, &mut bytes);
        Self(Form::Bytes(bytes.into()))
    }

    pub(super) fn value(&self) -> Value {
        match &self.0 {
            Form::Bytes(bytes) if bytes.is_empty() => Value::Null,
            Form::Bytes(bytes) => read(&mut &**bytes).expect("these are the bytes of a value"),
            Form::TooDeep(value) => (**value).clone(),
        }
    }

    /// The estimated size in memory, in bytes.
    pub(super) fn size(&self) -> usize {
        match &self.0 {
            Form::Bytes(bytes) => bytes.len(),
            Form::TooDeep(value) => size(value),
        }
    }
}

impl From<Value> for Compact {
    fn from(value: Value) -> Self {
        if value.is_null() {
            return Self::null();
        }
        let mut bytes = Vec::with_capacity(64);
        match write(&value, DEEPEST, &mut bytes) {
            Some(()) => Self(Form::Bytes(bytes.into())),
            None => Self(Form::TooDeep(Box::new(value))),
        }
    }
}

/// Appends a value; `None` if it is deeper than this.
fn write(value: &Value, depth: usize, bytes: &mut Vec<u8>) -> Option<()> {
    match value {
        Value::Null => bytes.push(NULL),
        Value::Bool(false) => bytes.push(FALSE),
        Value::Bool(true) => bytes.push(TRUE),
        Value::Number(number) => write_number(number, bytes),
        Value::String(text) => {
            bytes.push(STRING);
            write_text(text, bytes);
        }
        Value::Array(items) => {
            let depth = depth.checked_sub(1)?;
            write_head(ARRAY, items.len() as u64, bytes);
            for item in items {
                write(item, depth, bytes)?;
            }
        }
        Value::Object(fields) => {
            let depth = depth.checked_sub(1)?;
            write_head(OBJECT, fields.len() as u64, bytes);
            for (name, field) in fields {
                write_text(name, bytes);
                write(field, depth, bytes)?;
            }
        }
    }
    Some(())
}

fn write_number(number: &Number, bytes: &mut Vec<u8>) {
    let fraction = number.as_f64().filter(|fraction| Number::from_f64(*fraction).as_ref() == Some(number));
    match (number.as_u64(), fraction) {
        (Some(unsigned), _) => write_head(UNSIGNED, unsigned, bytes),
        (None, Some(fraction)) => {
            bytes.push(FRACTION);
            bytes.extend(fraction.to_le_bytes());
        }
        (None, None) => {
            bytes.push(NUMBER);
            write_text(&number.to_string(), bytes);
        }
    }
}

fn write_head(kind: u8, count: u64, bytes: &mut Vec<u8>) {
    bytes.push(kind);
    write_count(count, bytes);
}

fn write_text(text: &str, bytes: &mut Vec<u8>) {
    write_count(text.len() as u64, bytes);
    bytes.extend(text.as_bytes());
}

fn write_count(mut count: u64, bytes: &mut Vec<u8>) {
    while count > 0x7f {
        bytes.push(count as u8 | 0x80);
        count >>= 7;
    }
    bytes.push(count as u8);
}

/// The value at the beginning, which is taken away.
fn read(bytes: &mut &[u8]) -> Option<Value> {
    Some(match *bytes.split_off_first()? {
        NULL => Value::Null,
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        UNSIGNED => read_count(bytes)?.into(),
        FRACTION => f64::from_le_bytes(bytes.split_off(..8)?.try_into().ok()?).into(),
        NUMBER => Value::Number(read_text(bytes)?.parse().ok()?),
        STRING => read_text(bytes)?.into(),
        ARRAY => (0..read_count(bytes)?).map(|_| read(bytes)).collect::<Option<Vec<_>>>()?.into(),
        OBJECT => read_fields(bytes)?.into(),
        _ => return None,
    })
}

fn read_fields(bytes: &mut &[u8]) -> Option<Map<String, Value>> {
    let mut fields = Map::new();
    for _ in 0..read_count(bytes)? {
        fields.insert(read_text(bytes)?.to_owned(), read(bytes)?);
    }
    Some(fields)
}

fn read_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = read_count(bytes)? as usize;
    std::str::from_utf8(bytes.split_off(..length)?).ok()
}

fn read_count(bytes: &mut &[u8]) -> Option<u64> {
    let (mut count, mut shift) = (0, 0);
    loop {
        let byte = *bytes.split_off_first()?;
        count |= u64::from(byte & 0x7f) << shift;
        if byte <= 0x7f {
            return Some(count);
        }
        shift += 7;
    }
}

fn size(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(size).sum(),
            Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + size(value)).sum(),
            _ => 0,
        }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn comes_back(value: Value) -> Compact {
        let compact = Compact::from(value.clone());
        assert_eq!(compact.value(), value);
        assert_eq!(compact.value().to_string(), value.to_string());
        compact
    }

    fn deep(levels: usize) -> Value {
        (0..levels).fold(json!(1), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({ "in": inner }) })
    }

    #[test]
    fn a_value_comes_back_as_it_was() {
        comes_back(json!({ "z": null, "": [[], {}, "", true, false], "a": [{ "y": 1, "x": "\"\\\u{0}\n\u{1f980}" }] }));
        for value in [json!(null), json!({}), json!([]), json!(""), json!(true), json!("x".repeat(1 << 20))] {
            comes_back(value);
        }
    }

    #[test]
    fn the_largest_and_the_smallest_numbers_come_back() {
        for number in [0, 0x7f, 0x80, u64::MAX - 1, u64::MAX] {
            comes_back(json!(number));
        }
        for number in [-1, i64::MIN] {
            comes_back(json!(number));
        }
        for number in [-0.0, 1.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e20] {
            comes_back(json!(number));
        }
    }

    #[test]
    fn fractions_come_back_to_their_last_bit() {
        let mut bits: u64 = 1;
        for _ in 0..10_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let fraction = f64::from_bits(bits);
            if fraction.is_finite() {
                let back = Compact::from(json!([fraction])).value();
                assert_eq!(back[0].as_f64().map(f64::to_bits), Some(fraction.to_bits()), "{fraction:?}");
            }
        }
    }

    #[test]
    fn a_value_of_any_depth_comes_back() {
        for levels in [DEEPEST - 1, DEEPEST, DEEPEST + 1, 500] {
            comes_back(deep(levels));
        }
    }

    #[test]
    fn names_that_serde_json_uses_itself_come_back() {
        for name in ["$serde_json::private::Number", "$serde_json::private::RawValue"] {
            comes_back(json!({ name: "no number" }));
        }
    }

    #[test]
    fn an_object_with_a_field_takes_few_bytes() {
        assert_eq!(comes_back(json!({ "peer": "leaves.1" })).size(), 17);
        assert_eq!(comes_back(Value::Null).size(), 0);
        assert_eq!(Compact::field("peer", "leaves.1").value(), json!({ "peer": "leaves.1" }));
        assert_eq!(size_of::<Compact>(), 16);
    }
}
