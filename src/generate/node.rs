//! A JSON tree that keeps its members in order, may hold a key twice, and is wiped when dropped.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::GenerateError;
use crate::secret::Secret;

/// A JSON value to be written.
pub(super) enum Node {
    Boolean(bool),
    Number(u64),
    Text(Secret<String>),
    Object(Vec<(&'static str, Node)>),
    List(Vec<Node>),
}

impl Node {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Secret::new(text.to_owned()))
    }

    /// The members of the object that `path` leads to, if there is one.
    pub(super) fn members(&mut self, path: &[&str]) -> Option<&mut Vec<(&'static str, Self)>> {
        let Self::Object(members) = self else { return None };
        match path {
            [] => Some(members),
            [key, rest @ ..] => members.iter_mut().find(|(name, _)| name == key)?.1.members(rest),
        }
    }

    /// The value of `key` in the object that `path` leads to; the first one if there are several.
    pub(super) fn member(&mut self, path: &[&str], key: &str) -> Option<&mut Self> {
        Some(&mut self.members(path)?.iter_mut().find(|(name, _)| *name == key)?.1)
    }

    /// The bytes of the document: indented by two spaces, lines ended by LF, the last one too.
    pub(super) fn write(&self) -> Result<Secret<Vec<u8>>, GenerateError> {
        // Twice the room that any document needs: a buffer that grows leaves copies of itself behind.
        let mut bytes = Vec::with_capacity(2 * self.length() + 4096);
        let written = serde_json::to_writer_pretty(&mut bytes, self);
        bytes.push(b'\n');
        let bytes = Secret::new(bytes);
        written.map(|()| bytes).map_err(|_| GenerateError::Encoding)
    }

    /// The bytes of the value without any white space.
    pub(super) fn compact(&self) -> Result<Secret<Vec<u8>>, GenerateError> {
        let mut bytes = Vec::with_capacity(2 * self.length() + 4096);
        let written = serde_json::to_writer(&mut bytes, self);
        let bytes = Secret::new(bytes);
        written.map(|()| bytes).map_err(|_| GenerateError::Encoding)
    }

    /// The bytes of all strings.
    fn length(&self) -> usize {
        match self {
            Self::Boolean(_) | Self::Number(_) => 0,
            Self::Text(text) => text.expose().len(),
            Self::Object(members) => members.iter().map(|(_, value)| value.length()).sum(),
            Self::List(items) => items.iter().map(Self::length).sum(),
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_u64(*value),
            Self::Text(text) => serializer.serialize_str(text.expose()),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut object = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(key, value)| object.serialize_entry(key, value))?;
                object.end()
            }
        }
    }
}
