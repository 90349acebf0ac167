//! In which form a credential is kept: as the issued document, or with a variable for each field.
//!
//! Owns: what of the document such storage holds. Does not own: reading variables (see `unwrap`).

use super::Field;
use crate::source::{PathName, Position, Span};

/// How a document's text came about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// It was found as it is.
    #[default]
    Document,
    /// It was put together from variables. Fields without a variable are no defect: such storage doesn't hold them.
    Variables(Variables),
}

/// The variables that a document was put together from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// The one that counts for each field, in the order of the issued document.
    pub present: Vec<Variable>,
    /// The file that the private key is in, where a variable has only the path to it.
    pub key_file: Option<KeyFile>,
}

/// Where a private key stands that a variable has the path to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// The file.
    pub path: PathName,
    /// Its permission bits, where the system has such.
    pub mode: Option<u32>,
    /// The way from the file to the key.
    pub steps: Vec<String>,
    /// Where the key begins in it.
    pub position: Position,
}

/// A variable that holds a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The field.
    pub field: Field,
    /// The name, fit to be shown.
    pub name: String,
    /// Where the name stands in the outermost text.
    pub span: Span,
}

named! {
    /// What a text is, which decides what may be asked of it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum FormKind,
    /// The same in plain words, of several.
    plural {
        Issued = "issued-document" => "issued documents",
        Fields = "program-fields" => "fields of a program (variables, properties, objects in source code)",
        Token = "token" => "tokens",
        Console = "developer-console-credential" => "credentials of the Adobe Developer Console",
    }
}

impl FormKind {
    /// Everything that is written as Adobe writes it. What of it a program keeps under names of its own, and what is absent
    /// there, is that program's business.
    pub const AS_ISSUED: &[Self] = &[Self::Issued, Self::Token, Self::Console];

    /// The forms that hold a credential of the AEM Developer Console.
    pub const SERVICE: &[Self] = &[Self::Issued, Self::Fields];
}

impl Form {
    /// What kind of form it is.
    pub const fn kind(&self) -> FormKind {
        match self {
            Self::Document => FormKind::Issued,
            Self::Variables(_) => FormKind::Fields,
        }
    }

    /// Whether `field` is kept in this form, so that its absence or its value can be judged.
    pub fn holds(&self, field: Field) -> bool {
        match self {
            Self::Document => true,
            Self::Variables(variables) => variables.present.iter().any(|variable| variable.field == field),
        }
    }
}
