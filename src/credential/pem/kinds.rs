//! The spellings that are told apart, and the words for them.
//!
//! Owns: the text for people. It is static: nothing of a PEM can get into it.

use std::borrow::Cow;
use std::ops::Range;

use super::label::Label;

/// A spelling that the documented client refuses.
pub type Defect = Spelling<DefectKind>;

/// A spelling that the documented client accepts, though the console doesn't issue it.
pub type Oddity = Spelling<OddityKind>;

/// A spelling that isn't the console's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling<K> {
    /// Which spelling.
    pub kind: K,
    /// Where in the text: the first place that is wrong.
    pub range: Range<usize>,
    /// The line inside the PEM, from 1.
    pub line: usize,
}

/// The two groups of refused spellings: whoever fixes the first does it for all lines at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefectGroup {
    /// Rule `pem-newlines`.
    Newlines,
    /// Rule `pem-syntax`.
    Syntax,
}

/// What stands where a line break should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Escape {
    /// `\n`
    LineFeed,
    /// `\r\n`
    CarriageReturnLineFeed,
    /// `\r`
    CarriageReturn,
}

/// Each refused spelling that is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DefectKind {
    /// Blanks stand where line breaks should.
    NewlinesAsSpaces,
    /// Nothing stands where a line break should.
    NewlinesMissing,
    /// A backslash and a letter stand where line breaks should.
    NewlinesEscaped(Escape),
    /// CR without LF.
    LoneCarriageReturns,
    /// A blank before BEGIN or END.
    Indented,
    /// A blank line where none may be.
    BlankLine,
    /// Behind a blank line or header, a line of less than 64 characters that isn't the last.
    ShortLine,
    /// Behind a blank line or header, a line of more than 64 characters.
    LongLine,
    /// A character outside ASCII, or a control character: no-break space, zero-width space, NUL…
    ForbiddenCharacter,
    /// A dash that isn't the hyphen-minus of the keyboard.
    TypographicDash,
    /// Other than five hyphens around BEGIN or END.
    DashCount,
    /// BEGIN, END or the label in lower case.
    LowerCase,
    /// BEGIN or END misspelt, or no blank before the label.
    Misspelt,
    /// Something on the same line as BEGIN or END.
    TextBesideArmour,
    /// END names another label than BEGIN.
    LabelsDiffer,
    /// END without BEGIN.
    MissingBegin,
    /// BEGIN without END.
    MissingEnd,
    /// Neither BEGIN nor END.
    NoArmour {
        /// It may be the base64 of a key or certificate without its armour.
        looks_like_base64_der: bool,
    },
    /// Too few characters or `=`, or too many `=`.
    Padding,
    /// Characters after the closing `=`.
    DataAfterPadding,
    /// `-` or `_`, of the alphabet for URLs.
    UrlSafeBase64,
    /// Another ASCII character that has no place in base64.
    ForeignCharacter,
    /// Nothing between BEGIN and END.
    Empty,
    /// Header lines that are no encryption header.
    UnknownHeader,
    /// Header lines without a blank line after them.
    HeaderNotClosed,
    /// More than a key or certificate can be.
    TooLarge,
}

impl DefectKind {
    /// Which rule reports it.
    pub fn group(self) -> DefectGroup {
        match self {
            Self::NewlinesAsSpaces
            | Self::NewlinesMissing
            | Self::NewlinesEscaped(_)
            | Self::LoneCarriageReturns => DefectGroup::Newlines,
            _ => DefectGroup::Syntax,
        }
    }

    /// What is wrong, as a full sentence without the full stop.
    pub fn what(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NewlinesAsSpaces => "the PEM has lost its line breaks: there are spaces instead",
            Self::NewlinesMissing => {
                "the PEM has lost a line break: BEGIN, END and base64 must be on lines of their own"
            }
            Self::NewlinesEscaped(Escape::LineFeed) => {
                r"the PEM is escaped twice: it has a backslash and the letter n instead of each line break"
            }
            Self::NewlinesEscaped(Escape::CarriageReturnLineFeed) => {
                r"the PEM is escaped twice: it has the four characters \r\n instead of each line break"
            }
            Self::NewlinesEscaped(Escape::CarriageReturn) => {
                r"the PEM is escaped twice: it has a backslash and the letter r instead of each line break"
            }
            Self::LoneCarriageReturns => {
                "the lines of the PEM end with CR alone, which is not a line break for Adobe's client"
            }
            Self::Indented => "the BEGIN or END line of the PEM is indented",
            Self::BlankLine => "the PEM has a blank line where Adobe's client doesn't allow one",
            Self::ShortLine => {
                "after a blank line or header, each line of the PEM except the last must have 64 characters, and this \
                 one has fewer"
            }
            Self::LongLine => {
                "after a blank line or header, no line of the PEM may have more than 64 characters, and this one has"
            }
            Self::ForbiddenCharacter => {
                "the PEM contains a character that is not ASCII or not printable, such as a no-break space or a zero-width space"
            }
            Self::TypographicDash => {
                "the BEGIN or END line of the PEM has typographic dashes instead of hyphens"
            }
            Self::DashCount => "the BEGIN or END line of the PEM doesn't have 5 hyphens on each side",
            Self::LowerCase => "the BEGIN or END line of the PEM is not all in capital letters",
            Self::Misspelt => "the BEGIN or END line of the PEM is misspelled",
            Self::TextBesideArmour => "there is other text on the line of BEGIN or END",
            Self::LabelsDiffer => "the BEGIN and END lines of the PEM have different labels",
            Self::MissingBegin => "the PEM has no BEGIN line",
            Self::MissingEnd => "the PEM has no END line: it was probably cut off",
            Self::NoArmour { looks_like_base64_der: true } => {
                "the BEGIN and END lines are missing: the value is only the base64 of a key or certificate"
            }
            Self::NoArmour { looks_like_base64_der: false } => {
                "the value is not PEM: it has no BEGIN and no END line"
            }
            Self::Padding => {
                "the base64 of the PEM is incomplete: characters or the final = are missing, or there are too many ="
            }
            Self::DataAfterPadding => "the base64 of the PEM continues after its final =",
            Self::UrlSafeBase64 => "the PEM uses the base64 alphabet for URLs, with - or _ instead of + or /",
            Self::ForeignCharacter => "the PEM contains a character that does not belong to base64",
            Self::Empty => "there is nothing between the BEGIN and END lines of the PEM",
            Self::UnknownHeader => "the PEM has header lines that Adobe's client doesn't know",
            Self::HeaderNotClosed => "no blank line follows the header lines of the PEM",
            Self::TooLarge => "the PEM block is larger than any key or certificate: more than 64 KiB",
        })
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NewlinesAsSpaces | Self::NewlinesMissing => {
                "restore the line breaks; if a shell or a form removed them, quote the value"
            }
            Self::NewlinesEscaped(_) => r"write real line breaks, which JSON spells \n with one backslash",
            Self::LoneCarriageReturns => "end each line with LF or CR LF",
            Self::Indented => "remove the spaces before the first hyphen of the line",
            Self::BlankLine => "delete the blank line",
            Self::ShortLine | Self::LongLine => {
                "delete the blank line after BEGIN, or break the lines at 64 characters"
            }
            Self::ForbiddenCharacter | Self::ForeignCharacter => {
                "delete the character, or copy the value again from the downloaded file"
            }
            Self::TypographicDash => {
                "type five hyphens on each side; a word processor or chat program changed them"
            }
            Self::DashCount => "write exactly five hyphens on each side",
            Self::LowerCase | Self::Misspelt => {
                "write the line as issued, such as -----BEGIN RSA PRIVATE KEY-----, in capitals and with single spaces"
            }
            Self::TextBesideArmour => "leave only BEGIN or END with its label and hyphens on the line",
            Self::LabelsDiffer => {
                "make the labels of the BEGIN and END lines equal; if parts of two blocks were mixed, download the \
                 file again"
            }
            Self::MissingBegin | Self::MissingEnd => {
                "copy the whole value again, from the first hyphen of BEGIN to the last of END"
            }
            Self::NoArmour { looks_like_base64_der: true } => {
                "put the value between its BEGIN and END lines, or copy it again from the downloaded file"
            }
            Self::NoArmour { looks_like_base64_der: false } => {
                "copy the value again from the downloaded file"
            }
            Self::Padding | Self::DataAfterPadding | Self::Empty => {
                "copy the value again from the downloaded file: part of it is missing or duplicated"
            }
            Self::UrlSafeBase64 => {
                "write + for - and / for _, or copy the value again from the downloaded file"
            }
            Self::UnknownHeader => "delete the header lines and the blank line after them",
            Self::HeaderNotClosed => {
                "delete the header lines, or put a blank line after them if they describe encryption"
            }
            Self::TooLarge => {
                "check what the field contains: no key or certificate of this service is so large"
            }
        }
    }
}

/// Each accepted but odd spelling that is told apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OddityKind {
    /// A byte-order mark before BEGIN.
    ByteOrderMark,
    /// Blank lines before BEGIN.
    LeadingBlankLines,
    /// Text before BEGIN.
    TextBefore,
    /// Text after END.
    TextAfter,
    /// Blocks besides the one that is used.
    FurtherBlocks {
        /// How many.
        count: usize,
        /// Of which kinds, each named once.
        labels: Vec<Label>,
    },
    /// A blank line after BEGIN.
    BlankLineAfterBegin,
    /// A few characters between BEGIN and a blank line, which the client drops.
    DroppedHeader,
    /// Lines of other than 64 characters.
    Wrapping,
    /// Blanks at the end of a line.
    TrailingBlanks,
    /// Control or non-ASCII characters at the end of a line.
    CharactersAtLineEnd,
    /// Blanks before or between the characters of a line.
    BlanksInside,
    /// CR other than before LF.
    StrayCarriageReturns,
    /// Some lines end with LF and others with CR LF.
    MixedLineEnds,
    /// Text inside the block that the client never reads, because a hyphen stands before it.
    TextAfterContents,
    /// A NUL, which hides the rest of its line from the client.
    HiddenByNul,
}

impl OddityKind {
    /// What is odd, as a full sentence without the full stop.
    pub fn what(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::ByteOrderMark => "there is a byte-order mark before the BEGIN line of the PEM",
            Self::LeadingBlankLines => "there are blank lines before the BEGIN line of the PEM",
            Self::TextBefore => "there is text before the PEM block",
            Self::TextAfter => "there is text after the PEM block",
            Self::FurtherBlocks { count, labels } => return Cow::Owned(further_blocks(*count, labels)),
            Self::BlankLineAfterBegin => "a blank line follows the BEGIN line of the PEM",
            Self::DroppedHeader => "Adobe's client drops the characters between BEGIN and a blank line",
            Self::Wrapping => "the lines of the PEM are not 64 characters long",
            Self::TrailingBlanks => "a line of the PEM ends with spaces",
            Self::CharactersAtLineEnd => {
                "a line of the PEM ends with characters that are not ASCII or not printable; Adobe's client drops them \
                 on some processors (x86-64) and refuses the PEM on others (ARM)"
            }
            Self::BlanksInside => "a line of the PEM has spaces before or between its characters",
            Self::StrayCarriageReturns => "the PEM contains a CR that is not part of a CR LF",
            Self::MixedLineEnds => "some lines of the PEM end with LF and others with CR LF",
            Self::TextAfterContents => {
                "the PEM block contains text, starting with a hyphen, that Adobe's client never reads"
            }
            Self::HiddenByNul => {
                "the PEM contains a NUL character, which hides the rest of its line from Adobe's \
                                  client"
            }
        })
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::FurtherBlocks { .. } => {
                "keep only the block that belongs in this field: other programs may use a different one"
            }
            Self::Wrapping => "break the lines at 64 characters: stricter programs refuse anything else",
            Self::MixedLineEnds => "use the same line break everywhere, LF or CR LF",
            _ => "remove it: stricter programs refuse it",
        }
    }
}

fn further_blocks(count: usize, labels: &[Label]) -> String {
    let noun = if count == 1 { "additional block" } else { "additional blocks" };
    let names: Vec<String> = labels.iter().map(ToString::to_string).collect();
    format!("the PEM contains {count} {noun} ({})", names.join(", "))
}
