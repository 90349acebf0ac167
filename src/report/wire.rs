//! What machine-readable formats are made of.
//!
//! Owns: how a wire struct is declared, the head that the contracts have in common, JSON's layout. Does not own: any
//! format's fields.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::timestamp;

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

wire! {
    /// What every contract begins with.
    pub(super) struct Head(schema: &'static str, clock: DateTime<Utc>) {
        schema: &'static str = schema,
        version: &'static str = env!("CARGO_PKG_VERSION"),
        now: String = timestamp(clock),
    }
}

/// Writes a contract: its head and the fields of `body`.
pub(super) fn contract(
    schema: &'static str,
    now: DateTime<Utc>,
    body: &impl Serialize,
    out: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Contract<'b, B> {
        #[serde(flatten)]
        head: Head,
        #[serde(flatten)]
        body: &'b B,
    }
    pretty(&Contract { head: Head::new(schema, now), body }, out)
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
