//! The token as text: three parts of base64url with points between them (RFC 7515 section 7.1).
//!
//! Owns: taking it apart, and what is wrong with the parts. Does not own: what the claims mean.
//!
//! `jsonwebtoken` decodes header and claims, but says of a bad token only that it is bad. So the same is read here with
//! places and duplicates, and that crate has the last word on what nothing was found in. Its messages are never
//! forwarded.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::TokenText;
use super::claims::{self, Claim, Claims, Issuer};
use crate::credential::is_invisible;
use crate::finding::Place;
use crate::json::{Kind, Limits, Member, Object, SyntaxErrorKind, Value, parse};
use crate::secret::Secret;

named! {
    /// The parts of a token.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Part {
        /// The JOSE header.
        Header = "the header",
        /// The claims.
        Claims = "the claims",
        /// The signature.
        Signature = "the signature",
    }
}

/// Something that is wrong with a token's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwsDefect {
    /// What.
    pub kind: JwsDefectKind,
    /// Which bytes of the token.
    range: Range<usize>,
}

/// What can be wrong with a token's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwsDefectKind {
    /// The words of an `Authorization` header stand inside the field.
    Scheme,
    /// Longer than [`Jws::LONGEST`]: its length in bytes.
    TooLong(usize),
    /// White space or an invisible character inside.
    Invisible(char),
    /// Another number of parts than three.
    Parts(usize),
    /// Five parts: an encrypted token (RFC 7516 section 7.1).
    Encrypted,
    /// Nothing between two points.
    Empty(Part),
    /// `=` at the end, which base64url leaves out here (RFC 7515 section 2).
    Padding(Part),
    /// `+` or `/`, which are `-` and `_` in base64url.
    StandardAlphabet(Part),
    /// Another character that base64url doesn't have.
    Character(Part),
    /// A length that base64url never has, or bits in the last character that must be zero: something is missing.
    Incomplete(Part),
    /// The bytes are no UTF-8.
    NotText(Part),
    /// The text is not one JSON value.
    NotJson(Part),
    /// JSON with more nesting or values than anybody needs.
    TooMuch(Part),
    /// JSON of another type than an object: the type's name.
    NotObject(Part, &'static str),
    /// A name appears twice (RFC 7519 section 4).
    Duplicate(Part),
    /// The header names no algorithm.
    AlgorithmMissing,
    /// The header says that there is no signature.
    Unsigned,
    /// Adobe's, but signed with this algorithm, which Adobe doesn't use.
    Algorithm(&'static str),
    /// Adobe's, but with this parameter in its header, which changes how the token is to be read (RFC 7515 section
    /// 4.1.11, RFC 7797).
    Parameter(&'static str),
    /// Adobe's, but its signature has this number of bytes, which no whole one has.
    SignatureLength(usize),
    /// A library for tokens refuses the part, though nothing else was found.
    Refused(Part),
}

impl JwsDefectKind {
    /// Whether it keeps `part` from being read.
    pub fn hides(self, part: Part) -> bool {
        match self {
            // All of it can still be read.
            Self::Scheme | Self::Algorithm(_) | Self::Parameter(_) | Self::SignatureLength(_) => false,
            Self::TooLong(_) | Self::Invisible(_) | Self::Parts(_) | Self::Encrypted => true,
            Self::AlgorithmMissing | Self::Unsigned => part == Part::Header,
            Self::Empty(of)
            | Self::Padding(of)
            | Self::StandardAlphabet(of)
            | Self::Character(of)
            | Self::Incomplete(of)
            | Self::NotText(of)
            | Self::NotJson(of)
            | Self::TooMuch(of)
            | Self::NotObject(of, _)
            | Self::Duplicate(of)
            | Self::Refused(of) => of == part,
        }
    }
}

/// A token taken apart.
#[derive(Debug)]
pub struct Jws<'v, 's> {
    text: TokenText<'v, 's>,
    parts: [Range<usize>; 3],
    /// What is wrong with it, in the order of the text.
    pub defects: Vec<JwsDefect>,
    /// What its header says, if that could be read. The signature itself is never verified.
    pub header: Option<Header>,
    /// What it claims, if that could be read.
    pub claims: Option<Claims>,
}

impl<'v, 's> Jws<'v, 's> {
    /// The longest token that is looked at, in bytes. Issued ones have fewer than 3,000, and no web server takes a
    /// header of this size.
    pub const LONGEST: usize = 64 << 10;

    pub(super) fn read(text: TokenText<'v, 's>) -> Self {
        let value = text.as_str();
        let start = scheme(value);
        let in_field = matches!(text, TokenText::Field(_));
        let mut defects = Vec::new();
        if start > 0 && in_field {
            defects.push(JwsDefect { kind: JwsDefectKind::Scheme, range: 0..start });
        }
        let mut reading = Reading { token: &value[start..], start, defects };
        let (parts, header, claims) = match reading.split() {
            Some(parts) => reading.decode(parts),
            None => (Default::default(), None, None),
        };
        let mut defects = reading.defects;
        defects.sort_by_key(|defect| defect.range.start);
        Self { text, parts, defects, header, claims }
    }

    /// The whole token, with what stands before it.
    pub fn place(&self) -> Place {
        self.text.place_of(0..self.text.as_str().len())
    }

    /// Where `defect` is.
    pub fn place_of(&self, defect: &JwsDefect) -> Place {
        self.text.place_of(defect.range.clone())
    }

    /// The characters that hold the claim `name` with its value; all claims if it isn't there.
    pub fn place_of_claim(&self, name: &str) -> Place {
        let claim = self.claims.as_ref().and_then(|claims| claims.range(name));
        let part = self.parts[1].clone();
        self.text.place_of(claim.map_or_else(|| part.clone(), |range| encoded(&part, &range)))
    }

    /// How many bytes before the token are words of an `Authorization` header.
    pub(crate) fn scheme_length(&self) -> usize {
        scheme(self.text.as_str())
    }

    /// The whole text, secret.
    pub(crate) fn expose(&self) -> &str {
        self.text.as_str()
    }
}

/// What a token's header says (RFC 7515 section 4.1).
#[derive(Debug, Default)]
pub struct Header {
    /// `alg`: the algorithm of its signature, if it is one that is known.
    pub algorithm: Option<String>,
    /// `kid`: which of the issuer's keys signed it.
    pub key_id: Claim,
    /// `x5u`: where the certificate of that key is to be found.
    pub certificate_url: Claim,
    /// `itt`: Adobe's own word for the kind of token.
    pub token_kind: Claim,
}

/// A token that is being read. Ranges count from the beginning of the whole value, `start` bytes before the token.
struct Reading<'t> {
    token: &'t str,
    start: usize,
    defects: Vec<JwsDefect>,
}

impl Reading<'_> {
    fn defect(&mut self, kind: JwsDefectKind, range: Range<usize>) {
        self.defects.push(JwsDefect { kind, range });
    }

    /// The three parts, if there are three and nothing is between their characters.
    fn split(&mut self) -> Option<[Range<usize>; 3]> {
        let (token, start) = (self.token, self.start);
        let whole = start..start + token.len();
        if token.len() > Jws::LONGEST {
            self.defect(JwsDefectKind::TooLong(token.len()), whole);
            return None;
        }
        if let Some((offset, character)) =
            token.char_indices().find(|(_, character)| is_invisible(*character))
        {
            let offset = start + offset;
            self.defect(JwsDefectKind::Invisible(character), offset..offset + character.len_utf8());
            return None;
        }
        let mut parts = Vec::with_capacity(3);
        let mut offset = start;
        for part in token.split('.') {
            parts.push(offset..offset + part.len());
            offset += part.len() + 1;
        }
        let count = parts.len();
        let parts = <[_; 3]>::try_from(parts).ok();
        if parts.is_none() {
            let kind = if count == 5 { JwsDefectKind::Encrypted } else { JwsDefectKind::Parts(count) };
            self.defect(kind, whole);
        }
        parts
    }

    fn decode(&mut self, parts: [Range<usize>; 3]) -> ([Range<usize>; 3], Option<Header>, Option<Claims>) {
        let [header, claims, signature] = [0, 1, 2].map(|index| self.part(Part::ALL[index], &parts[index]));
        let header = header.and_then(|bytes| self.object(Part::Header, &parts[0], bytes));
        let claims = claims.and_then(|bytes| self.object(Part::Claims, &parts[1], bytes));
        let claims = claims.and_then(|decoded| {
            let claims = claims::read(self.token, &decoded);
            if claims.is_none() {
                self.defect(JwsDefectKind::Refused(Part::Claims), parts[1].clone());
            }
            claims
        });
        let is_adobes = claims.as_ref().is_some_and(|claims| claims.issuer == Issuer::Adobe);
        let header = header.map(|header| self.header(&parts[0], &header, is_adobes));
        // The signatures of other algorithms have other lengths, and the algorithm is named already.
        let is_rsa = header.as_ref().is_some_and(|header| header.algorithm.as_deref() == Some(ADOBES));
        if let Some(signature) = signature.filter(|_| is_adobes && is_rsa) {
            let length = signature.expose().len();
            if length < SHORTEST_SIGNATURE || !length.is_multiple_of(SIGNATURE_STEP) {
                self.defect(JwsDefectKind::SignatureLength(length), parts[2].end..parts[2].end);
            }
        }
        (parts, header, claims)
    }

    /// The bytes of a part.
    fn part(&mut self, part: Part, range: &Range<usize>) -> Option<Secret<Vec<u8>>> {
        let text = &self.token[range.start - self.start..range.end - self.start];
        if text.is_empty() {
            self.defect(JwsDefectKind::Empty(part), range.clone());
            return None;
        }
        let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        if let Some((offset, character)) = text.char_indices().find(|(_, character)| !plain(*character)) {
            let offset = range.start + offset;
            let (kind, end) = match character {
                '=' if text.trim_end_matches('=').chars().all(plain) => {
                    (JwsDefectKind::Padding(part), range.end)
                }
                '+' | '/' => (JwsDefectKind::StandardAlphabet(part), offset + 1),
                _ => (JwsDefectKind::Character(part), offset + character.len_utf8()),
            };
            self.defect(kind, offset..end);
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().map(Secret::new);
        if bytes.is_none() {
            self.defect(JwsDefectKind::Incomplete(part), range.end..range.end);
        }
        bytes
    }

    /// The bytes of a part, if they are a JSON object with unique names.
    fn object(
        &mut self,
        part: Part,
        range: &Range<usize>,
        bytes: Secret<Vec<u8>>,
    ) -> Option<Secret<Vec<u8>>> {
        let (kind, place) = match std::str::from_utf8(bytes.expose()) {
            Err(error) => {
                let offset = error.valid_up_to();
                (JwsDefectKind::NotText(part), offset..offset + 1)
            }
            Ok(text) => match parse(text, Limits::default()) {
                Err(error) => {
                    let much = matches!(error.kind, SyntaxErrorKind::TooDeep | SyntaxErrorKind::TooMany);
                    let kind = if much { JwsDefectKind::TooMuch(part) } else { JwsDefectKind::NotJson(part) };
                    (kind, error.span.range())
                }
                Ok(Value { kind: Kind::Object(object), .. }) => match repeated(&object) {
                    Some(range) => (JwsDefectKind::Duplicate(part), range),
                    None => return Some(bytes),
                },
                Ok(value) => (JwsDefectKind::NotObject(part, value.type_name()), 0..bytes.expose().len()),
            },
        };
        self.defect(kind, encoded(range, &place));
        None
    }

    fn header(&mut self, range: &Range<usize>, header: &Secret<Vec<u8>>, is_adobes: bool) -> Header {
        let text = std::str::from_utf8(header.expose()).unwrap_or_default();
        let root = parse(text, Limits::default()).ok();
        let member = |name: &str| root.as_ref().and_then(|root| root.as_object()?.get(name));
        let value = |name: &str| member(name).map_or(Claim::Missing, |member| Claim::of(&member.value));
        let place = |member: &Member<'_>| encoded(range, &(member.key.span().start..member.value.span.end));
        let algorithm = self.algorithm(range, member("alg"));
        if is_adobes {
            let named = algorithm.as_deref().and_then(|named| OTHERS.iter().find(|other| **other == named));
            if let (Some(named), Some(member)) = (named, member("alg")) {
                self.defect(JwsDefectKind::Algorithm(named), place(member));
            }
            for name in PARAMETERS {
                if let Some(member) = member(name) {
                    self.defect(JwsDefectKind::Parameter(name), place(member));
                }
            }
        }
        Header { algorithm, key_id: value("kid"), certificate_url: value("x5u"), token_kind: value("itt") }
    }

    /// The algorithm that the header names in `member` (RFC 7515 section 4.1.1).
    fn algorithm(&mut self, range: &Range<usize>, member: Option<&Member<'_>>) -> Option<String> {
        if let Ok(header) = jsonwebtoken::decode_header(self.token) {
            return Some(format!("{:?}", header.alg));
        }
        let unsigned = |member: &Member<'_>| {
            member.value.as_text().is_some_and(|text| text.as_str().eq_ignore_ascii_case("none"))
        };
        let (kind, place) = match member {
            None => (JwsDefectKind::AlgorithmMissing, range.clone()),
            Some(member) => {
                let kind = if unsigned(member) {
                    JwsDefectKind::Unsigned
                } else {
                    JwsDefectKind::Refused(Part::Header)
                };
                let span = member.key.span().start..member.value.span.end;
                (kind, encoded(range, &span))
            }
        };
        self.defect(kind, place);
        None
    }
}

/// The algorithm of Adobe's signatures: RSA with SHA-256 (RFC 7518 section 3.3).
const ADOBES: &str = "RS256";

/// All other algorithms that a header is understood with (RFC 7518 section 3.1, RFC 8037 section 3.1).
const OTHERS: [&str; 11] =
    ["HS256", "HS384", "HS512", "RS384", "RS512", "ES256", "ES384", "PS256", "PS384", "PS512", "EdDSA"];

/// Parameters of a header that demand something of the reader.
const PARAMETERS: [&str; 2] = ["crit", "b64"];

/// A signature is as long as the key's modulus, which has 2,048 bits or more (RFC 7518 section 3.3): in bytes.
const SHORTEST_SIGNATURE: usize = 256;

/// Moduli grow by 512 bits in practice: in bytes.
const SIGNATURE_STEP: usize = 64;

/// Where a name appears for the second time.
fn repeated(object: &Object<'_>) -> Option<Range<usize>> {
    let mut seen = std::collections::HashSet::with_capacity(object.members.len());
    let again = object.members.iter().find(|member| !seen.insert(member.key.as_str()))?;
    Some(again.key.span().range())
}

/// The characters of a base64url text at `part` that hold the bytes `decoded` of it: four of them hold three bytes.
fn encoded(part: &Range<usize>, decoded: &Range<usize>) -> Range<usize> {
    let start = part.start + decoded.start.saturating_mul(4) / 3;
    let end = part.start + decoded.end.saturating_mul(4).div_ceil(3);
    start.min(part.end)..end.clamp(start.min(part.end), part.end)
}

/// The length of `Authorization: Bearer `, or of either word of it, at the beginning of `value`.
pub(crate) fn scheme(value: &str) -> usize {
    let after = |start: usize, word: &str| {
        let rest = &value[start..];
        let is_there = rest.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
        is_there.then_some(start + word.len())
    };
    let skip_space = |start: usize| value.len() - value[start..].trim_start().len();
    let header = after(0, "authorization:").map_or(0, skip_space);
    // A word of its own: a token may begin with any letters.
    let bearer = after(header, "bearer").filter(|end| value[*end..].starts_with(char::is_whitespace));
    bearer.map_or(header, skip_space)
}
