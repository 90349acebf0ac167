//! XML with places, read leniently: configuration files and exports, not documents to be validated.
//!
//! Owns: elements, attributes, text, CDATA, character references. Does not own: namespaces, document types (entities
//! that a document declares are left as they are), what the values mean.

mod flow;
mod plist;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::json;
use crate::source::Span;
use crate::unwrap::find::candidate::is_candidate;
use crate::unwrap::limits::{Budget, Limit};
use crate::unwrap::piece::{Inside, Pieces, pieces, too_much};
use crate::unwrap::place::{Builder, Extract, Step, Text};
use crate::unwrap::shared::{Format, Member, Node, NodeKind, Scalar};

/// Attributes that name what an element holds: `<entry key="…">`, `<property name="…" value="…"/>`.
const NAMING: [&str; 3] = ["key", "name", "id"];

/// The tree of `text`.
pub(crate) fn read<'t>(text: &'t Text<'_>, budget: &'t Budget<'_>) -> Option<Pieces<'t>> {
    if !text.text().trim_ascii_start().starts_with('<') {
        return None;
    }
    match parse(text.text(), budget.structure()) {
        Ok(read) => read.map(|Read { root, flow, comments }| {
            let flow = Some(flow).filter(|flow| is_candidate(flow.bytes()));
            let flow = flow.map(|flow| Inside::Text(flow).after(Step::Embedded("text")));
            let comments = comments.into_iter().map(move |span| text.slice(span));
            let comments = comments.filter(|comment| is_candidate(comment.bytes()));
            let comments = comments.map(|comment| Inside::Text(comment).after(Step::Embedded("comment")));
            pieces(flow.into_iter().chain([Inside::Tree(root, Format::Other).here()]).chain(comments))
        }),
        Err(limit) => Some(too_much(limit, text.all())),
    }
}

/// What is in an XML text.
struct Read<'t> {
    root: Node<'t>,
    /// The text that markup only sets off.
    flow: Extract,
    /// What is inside comments.
    comments: Vec<Span>,
}

/// The tree of an XML text: elements are mappings of their attributes and children, or just their text. What markup only
/// sets off is one text for itself.
///
/// Nothing if there is no element in it.
fn parse(text: &str, limits: json::Limits) -> Result<Option<Read<'_>>, Limit> {
    let mut parser = Parser {
        text,
        at: 0,
        open: Vec::new(),
        values: 0,
        limits,
        is_page: None,
        flow: Builder::default(),
        comments: Vec::new(),
        closed: HashMap::new(),
    };
    parser.open.push(Element::new(Cow::Borrowed(""), Span::default()));
    while let Some(length) = parser.rest().find('<') {
        parser.text(length);
        parser.markup()?;
    }
    parser.text(parser.rest().len());
    while parser.open.len() > 1 {
        parser.close();
    }
    let root = parser.open.pop().filter(|root| !root.members.is_empty() || parser.is_page == Some(true));
    Ok(root.map(|root| Read {
        root: Node::new(Span::new(0, text.len()), plist::kind(&root.name, root.members)),
        flow: parser.flow.finish(),
        comments: parser.comments,
    }))
}

struct Element<'t> {
    name: Cow<'t, str>,
    name_span: Span,
    start: usize,
    members: Vec<Member<'t>>,
    content: Builder,
}

impl<'t> Element<'t> {
    fn new(name: Cow<'t, str>, name_span: Span) -> Self {
        Self { name, name_span, start: name_span.start, members: Vec::new(), content: Builder::new(0) }
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    open: Vec<Element<'t>>,
    values: usize,
    limits: json::Limits,
    /// Whether the text is made of paragraphs; nothing until its first element.
    is_page: Option<bool>,
    /// What stands in them.
    flow: Builder,
    comments: Vec<Span>,
    /// Whether elements of these names are closed anywhere.
    closed: HashMap<&'static str, bool>,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Text up to the next markup.
    fn text(&mut self, length: usize) {
        let span = Span::new(self.at, self.at + length);
        let text = self.text;
        if let Some(content) = self.content() {
            unescape(text, span, content);
        }
        self.at += length;
    }

    /// Where text goes that stands here.
    fn content(&mut self) -> Option<&mut Builder> {
        let element = self.open.last_mut()?;
        let is_flow = self.is_page == Some(true) && flow::end(&element.name).is_some();
        Some(if is_flow { &mut self.flow } else { &mut element.content })
    }

    fn markup(&mut self) -> Result<(), Limit> {
        let rest = self.rest();
        let skip = |end: &str| rest.find(end).map_or(rest.len(), |length| length + end.len());
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let length = data.find("]]>").unwrap_or(data.len());
            let at = self.at + 9;
            if let Some(content) = self.content() {
                content.exact(&data[..length], at);
            }
            self.at += skip("]]>");
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            let length = comment.find("-->").unwrap_or(comment.len());
            self.comments.push(Span::new(self.at + 4, self.at + 4 + length));
            self.at += skip("-->");
        } else if rest.starts_with("<?") {
            self.at += skip("?>");
        } else if rest.starts_with("</") {
            let length = skip(">");
            let name = rest.get(2..length - 1).unwrap_or_default().trim();
            // A closing tag without an opening one closes nothing.
            if self.open.iter().skip(1).any(|element| element.name == name) {
                while self.open.len() > 1 && self.open.last().is_some_and(|element| element.name != name) {
                    self.close();
                }
                self.at += length;
                self.close();
            } else {
                self.at += length;
            }
        } else if rest[1..].starts_with(begins_name) {
            self.element()?;
        } else if rest.starts_with("<!") {
            self.at += skip(">");
        } else {
            self.text(1);
        }
        Ok(())
    }

    fn element(&mut self) -> Result<(), Limit> {
        self.count()?;
        let start = self.at;
        self.at += 1;
        let (name, name_span) = self.name();
        let is_page = *self.is_page.get_or_insert_with(|| flow::begins(name));
        let is_void = flow::void(name).is_some_and(|void| is_page || !self.is_closed(void));
        let mut element = Element { start, ..Element::new(Cow::Borrowed(name), name_span) };
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            let rest = self.rest();
            if rest.starts_with("/>") || rest.starts_with('>') || rest.is_empty() || rest.starts_with('<') {
                break;
            }
            if !rest.starts_with(is_name) {
                self.at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            }
            self.count()?;
            let (name, name_span) = self.name();
            if let Some(value) = self.attribute_value() {
                let span = value.all();
                let value = Node::new(span, NodeKind::string(value, self.text));
                element.members.push(Member::new(name, name_span, value));
            }
        }
        let is_empty = self.rest().starts_with("/>");
        self.at += if is_empty { 2 } else { usize::from(self.rest().starts_with('>')) };
        if self.open.len() > self.limits.depth {
            return Err(Limit::Nesting(self.limits.depth));
        }
        self.open.push(element);
        if is_empty || is_void {
            self.close();
        }
        Ok(())
    }

    /// Whether an element called `name` is closed anywhere.
    fn is_closed(&mut self, name: &'static str) -> bool {
        let text = self.text;
        let is_closed = || memchr::memmem::find(text.as_bytes(), format!("</{name}").as_bytes()).is_some();
        *self.closed.entry(name).or_insert_with(is_closed)
    }

    fn name(&mut self) -> (&'t str, Span) {
        let rest = self.rest();
        let length = rest.find(|character| !is_name(character)).unwrap_or(rest.len());
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        (&rest[..length], span)
    }

    fn attribute_value(&mut self) -> Option<Extract> {
        let rest = self.rest();
        let value = rest.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let length = value.get(1..)?.find(quote)?;
        let start = self.at + rest.len() - value.len() + 1;
        let mut builder = Builder::new(length);
        unescape(self.text, Span::new(start, start + length), &mut builder);
        self.at = start + length + 1;
        Some(builder.finish())
    }

    /// The innermost element is complete.
    fn close(&mut self) {
        let Some(Element { mut name, mut name_span, start, mut members, content }) = self.open.pop() else {
            return;
        };
        let end = flow::end(&name).filter(|_| self.is_page == Some(true));
        if let Some(end) = end {
            self.flow.whole(end, Span::at(self.at));
            if end == "\n" {
                self.at += flow::between(self.rest());
            }
        }
        let content = content.finish();
        let text = content.text();
        // What only sets off text says nothing itself.
        if end.is_some() && members.is_empty() {
            return;
        }
        let span = Span::new(start, self.at);
        // `<entry key="a">b</entry>` and `<property name="a" value="b"/>` are the member `a` with the value `b`.
        let naming =
            NAMING.iter().find_map(|naming| members.iter().position(|member| &*member.name == *naming));
        let value = members.iter().position(|member| member.name == "value");
        if let Some(naming) = naming
            && (value.is_some() || !text.trim().is_empty())
            && members.len() <= 3
        {
            let naming = &members[naming].value;
            (name, name_span) = (naming.scalar().map(Scalar::name).unwrap_or_default(), naming.span());
            if let Some(value) = value {
                let member = members.swap_remove(value);
                self.push(Member::new(name, name_span, member.value));
                return;
            }
            members.clear();
        }
        let kind = if members.is_empty() {
            NodeKind::string(content, self.text)
        } else {
            if !text.trim().is_empty() {
                let value = Node::new(span, NodeKind::string(content, self.text));
                members.push(Member::new("text", span, value));
            }
            plist::kind(&name, members)
        };
        self.push(Member::new(name, name_span, Node::new(span, kind)));
    }

    fn push(&mut self, member: Member<'t>) {
        if let Some(parent) = self.open.last_mut() {
            parent.members.push(member);
        }
    }

    fn count(&mut self) -> Result<(), Limit> {
        self.values += 1;
        if self.values > self.limits.values { Err(Limit::Values(self.limits.values)) } else { Ok(()) }
    }
}

/// Whether a name may begin with `character` (XML 1.0 section 2.3): `<14>` is what a logger writes.
fn begins_name(character: char) -> bool {
    is_name(character) && !character.is_ascii_digit() && !matches!(character, '-' | '.')
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | ':' | '-' | '.')
}

/// Adds the part `span` of `text` with its references to characters resolved (XML 1.0 section 4.1), and what Excel and
/// PowerShell write for characters that break lines.
fn unescape(text: &str, span: Span, builder: &mut Builder) {
    let (mut plain, mut at) = (span.start, span.start);
    while let Some(mark) = memchr::memchr2(b'&', b'_', text.as_bytes().get(at..span.end).unwrap_or_default())
    {
        let mark = at + mark;
        at = mark + 1;
        let Some(rest) = text.get(mark..span.end) else { continue };
        let meaning = if rest.starts_with('&') { reference(rest) } else { control(rest) };
        let Some((length, character)) = meaning else { continue };
        builder.exact(text.get(plain..mark).unwrap_or_default(), plain);
        at = mark + length;
        builder.character(character, Span::new(mark, at));
        plain = at;
    }
    builder.exact(text.get(plain..span.end).unwrap_or_default(), plain);
}

/// `_x000A_`: a control character, as `ST_Xstring` of Office Open XML and CLIXML have it, or the underscore of what isn't.
fn control(text: &str) -> Option<(usize, char)> {
    let digits = text.strip_prefix("_x")?.get(..4).filter(|_| text.as_bytes().get(6) == Some(&b'_'))?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let character = char::from_u32(u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?)?;
    (character < ' ' || character == '_').then_some((7, character))
}

fn reference(text: &str) -> Option<(usize, char)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((end + 1, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(node: &Node<'_>, path: &str, found: &mut Vec<String>) {
        match node.text() {
            Some(text) => found.push(format!("{path}={}", &*text)),
            None => node
                .members()
                .iter()
                .for_each(|member| flat(&member.value, &format!("{path}/{}", member.name), found)),
        }
    }

    #[test]
    fn elements_and_attributes_become_names_and_values() {
        for (text, expected) in [
            ("<a>b</a>", vec!["/a=b"]),
            ("<?xml?><!-- <x> --><a b='1' c=\"2&amp;&#x41;&#66;&x;\"/>", vec!["/a/b=1", "/a/c=2&AB&x;"]),
            ("<a><b>1</b><b>2 <![CDATA[<&amp;>]]></b></a>", vec!["/a/b=1", "/a/b=2 <&amp;>"]),
            ("<p><entry key='k'>v</entry><property name='n' value='w'/></p>", vec!["/p/k=v", "/p/n=w"]),
            ("<a x='1'>t<b/></a>", vec!["/a/x=1", "/a/b=", "/a/text=t"]),
            ("<S>{_x000D__x000A_ _x0009_\"a_x005F_x000A_\"}</S>", vec!["/S={\r\n \t\"a_x000A_\"}"]),
            (
                "<a b='_x000a_'>_x0041__xD800__x+00A__x000A_x000A_</a>",
                vec!["/a/b=\n", "/a/text=_x0041__xD800__x+00A_\nx000A_"],
            ),
            ("<a>_x_x0_x00_x000_x000é_x000A</a>", vec!["/a=_x_x0_x00_x000_x000é_x000A"]),
            (
                "<form><input name='a' value='b'><br><input type='text' id='x' name='c' value='d'><link>e</link></form>",
                vec![
                    "/form/a=b",
                    "/form/br=",
                    "/form/input/type=text",
                    "/form/input/id=x",
                    "/form/input/name=c",
                    "/form/input/value=d",
                    "/form/link=e",
                ],
            ),
            // Never closed, closed twice, not closed in order.
            ("<a><b>1</a></a><c>2", vec!["/a/b=1", "/c=2"]),
            ("a < b <c d e='f' g", vec!["/c/e=f"]),
            ("<a b='", vec!["/a="]),
        ] {
            let Read { root, .. } = parse(text, json::Limits::default()).unwrap().unwrap();
            let mut found = Vec::new();
            flat(&root, "", &mut found);
            assert_eq!(found, expected, "{text}");
        }
        for (text, expected) in [
            ("<p>a<br>b <b>c</b>&amp;</p><pre>d\n e</pre>", "a\nb c&\nd\n e\n"),
            ("<p>a<br/>\nb<br>\n c</p>\n <p>d</p>\r\n", "a\nb\n c\nd\n"),
            ("<!DOCTYPE html><html><style>x</style><tr><td>a</td><td>b</td></tr><br/>", "a\tb\t\n\n\n"),
            ("<w:document><w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p></w:document>", "a\nb\n"),
            ("<text:p>a<text:s/><text:span>b</text:span><text:line-break/>c</text:p>", "a b\nc\n"),
            ("<config><p>a</p></config>", ""),
        ] {
            let Read { flow, .. } = parse(text, json::Limits::default()).unwrap().unwrap();
            assert_eq!(flow.text(), expected, "{text}");
        }
        let pairs =
            "<plist><dict><key>a</key><string>b</string><key>c</key><dict><key>d</key><true/></dict></dict>";
        let Read { root, .. } = parse(pairs, json::Limits::default()).unwrap().unwrap();
        let dictionary = root.get("plist").and_then(|plist| plist.get("dict")).unwrap();
        assert_eq!(dictionary.get("a").unwrap().text().as_deref(), Some("b"));
        assert_eq!(dictionary.get("c").unwrap().get("d").unwrap().text().as_deref(), Some("true"));
        for text in
            ["no element < here >", "<14>1 2026-01-02T03:04:05Z host a 1 - - <!-- b -->", "<!-- <a> -->"]
        {
            assert!(parse(text, json::Limits::default()).unwrap().is_none(), "{text}");
        }
        let comments = "<a><!-- b --><c/><!----><!-- d";
        let Read { comments: found, .. } = parse(comments, json::Limits::default()).unwrap().unwrap();
        let found: Vec<&str> = found.into_iter().map(|span| &comments[span.range()]).collect();
        assert_eq!(found, [" b ", "", " d"]);
    }
}
