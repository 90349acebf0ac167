//! What machine-readable formats are made of.
//!
//! Owns: how a wire struct is declared, the head that the contracts have in common, JSON's layout. Does not own: any
//! format's fields.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::timestamp;
use crate::source::{Position, hex};

/// Structs of a wire format, each with `new`, which makes it from the arguments behind its name. A field has its type and
/// its value in one place; what several values need is said once in a `let` before the fields. Attributes are serde's.
macro_rules! wire {
    ($(
        $(#[$about:meta])*
        $visibility:vis struct $name:ident $(<$life:lifetime>)? ($($argument:ident: $type:ty),*)
        $(let $local:ident = $local_value:expr;)* {
            $($(#[$attribute:meta])* $field:ident: $field_type:ty = $value:expr),* $(,)?
        }
    )+) => {$(
        #[derive(serde::Serialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        $(#[$about])*
        $visibility struct $name $(<$life>)? {
            $($(#[$attribute])* $field: $field_type),*
        }

        impl $(<$life>)? $name $(<$life>)? {
            $visibility fn new($($argument: $type),*) -> Self {
                $(let $local = $local_value;)*
                Self { $($field: $value),* }
            }
        }
    )+};
}
pub(super) use wire;

/// A contract: its schema as committed, its name, and how a test makes the schema.
macro_rules! schema {
    ($file:literal, $name:literal, $title:literal, $kind:ident::<$report:ty>) => {
        /// The JSON Schema of the report.
        pub const SCHEMA: &str = include_str!($file);

        const CONTRACT: &str = $name;

        #[cfg(test)]
        pub(in crate::report) fn schema() -> serde_json::Value {
            crate::report::wire::schemas::$kind::<$report>($title, CONTRACT)
        }
    };
}
pub(super) use schema;

wire! {
    /// What every contract begins with.
    pub(super) struct Head(schema: &'static str, clock: DateTime<Utc>) {
        /// The contract.
        schema: &'static str = schema,
        /// The version of aemcred.
        version: &'static str = env!("CARGO_PKG_VERSION"),
        /// The clock of the run.
        now: Time = Time::new(clock),
    }
}

/// Texts of one form.
macro_rules! texts {
    ($($(#[$about:meta])* $name:ident = $pattern:literal;)+) => {$(
        $(#[$about])*
        #[derive(Serialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[cfg_attr(test, schemars(inline, transparent, extend("pattern" = $pattern)))]
        pub(super) struct $name(pub(super) String);
    )+};
}

texts! {
    /// An instant in UTC, to the second.
    Time = "^[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";
    /// A SHA-256 in lowercase hexadecimal.
    Digest = "^[0-9a-f]{64}$";
}

impl Time {
    pub(super) fn new(time: DateTime<Utc>) -> Self {
        Self(timestamp(time))
    }
}

impl Digest {
    pub(super) fn new(sha256: &[u8; 32]) -> Self {
        Self(hex(sha256))
    }
}

wire! {
    /// A place in the outermost text.
    pub(super) struct PositionReport(position: Position) {
        /// The line, from 1.
        #[cfg_attr(test, schemars(range(min = 1)))]
        line: usize = position.line.number(),
        /// The column, from 1, in characters.
        #[cfg_attr(test, schemars(range(min = 1)))]
        column: usize = position.column.number(),
    }
}

/// Writes a contract: its head and the fields of `body`.
pub(super) fn contract(
    schema: &'static str,
    now: DateTime<Utc>,
    body: &impl Serialize,
    out: &mut dyn Write,
) -> io::Result<()> {
    pretty(&Contract { head: Head::new(schema, now), body }, out)
}

/// A whole report.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Contract<'b, B> {
    #[serde(flatten)]
    head: Head,
    #[serde(flatten)]
    body: &'b B,
}

/// Writes `value` as JSON for people to look at, with the end of the last line.
pub(super) fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// Writes `value` as a line of JSON.
pub(super) fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}

/// Making JSON Schemas, which are committed and compared by a test: the program only prints them.
#[cfg(test)]
pub(super) mod schemas {
    use schemars::JsonSchema;
    use schemars::generate::SchemaSettings;
    use serde_json::{Value, json};

    use super::Contract;

    /// Of a report that consists of `B`.
    pub(in crate::report) fn whole<B: JsonSchema>(title: &str, contract: &str) -> Value {
        let title = format!("aemcred {title}, version 1");
        let description = of::<B>()["description"].clone();
        finished(of::<Contract<'_, B>>(), &title, &description, contract)
    }

    /// Of a line.
    pub(in crate::report) fn lines<L: JsonSchema>(title: &str, contract: &str) -> Value {
        let schema = of::<L>();
        let description = schema["description"].clone();
        finished(schema, &format!("A line of aemcred {title}, version 1"), &description, contract)
    }

    fn of<T: JsonSchema>() -> Value {
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().to_value()
    }

    fn finished(mut schema: Value, title: &str, description: &Value, contract: &str) -> Value {
        schema["title"] = json!(title);
        schema["description"] = description.clone();
        tidy(&mut schema, contract);
        schema
    }

    /// Names the contract, puts descriptions on one line, and drops the widths of integers, which JSON doesn't know.
    fn tidy(schema: &mut Value, contract: &str) {
        match schema {
            Value::Object(fields) => {
                if let Some(Value::String(text)) = fields.get_mut("description") {
                    *text = text.replace('\n', " ");
                }
                if fields
                    .get("format")
                    .is_some_and(|format| format.as_str().is_some_and(|it| it.contains("int")))
                {
                    fields.remove("format");
                }
                if let Some(Value::Object(properties)) = fields.get_mut("properties")
                    && properties.contains_key("schema")
                {
                    properties.insert(String::from("schema"), json!({"const": contract}));
                }
                fields.values_mut().for_each(|value| tidy(value, contract));
            }
            Value::Array(values) => values.iter_mut().for_each(|value| tidy(value, contract)),
            _ => {}
        }
    }
}
