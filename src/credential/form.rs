//! In which form a credential is kept: as the issued document, or with a variable for each field.
//!
//! Owns: what of the document such storage holds. Does not own: reading variables (see `unwrap`).

use super::Field;
use crate::source::Span;

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
    /// Earlier ones of the same name: the last one counts, as in a shell.
    pub overridden: Vec<Variable>,
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

impl Form {
    /// Whether the absence of `field` is a defect. Variables hold what differs between environments and what is secret;
    /// the endpoint often stands in the program, and the certificate and the e-mail address aren't needed by the client.
    pub const fn expects(&self, field: Field) -> bool {
        match self {
            Self::Document => true,
            Self::Variables(_) => matches!(
                field,
                Field::TechnicalAccount
                    | Field::ClientId
                    | Field::ClientSecret
                    | Field::Id
                    | Field::Org
                    | Field::Metascopes
                    | Field::PrivateKey
            ),
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
