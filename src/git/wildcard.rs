//! Patterns with wildcards, as `.gitignore` has them.
//!
//! Owns: what a pattern matches, in time that grows with pattern and path only. Does not own: which patterns count.
//! <https://git-scm.com/docs/gitignore#_pattern_format>

/// A pattern as steps that each take a piece of a path.
pub(super) struct Wildcard {
    steps: Vec<Step>,
    /// What every match begins and ends with, which is quick to see.
    prefix: Vec<u8>,
    suffix: Vec<u8>,
}

enum Step {
    Byte(u8),
    /// `?`
    Any,
    /// `[a-z]`
    Class {
        negated: bool,
        ranges: Vec<(u8, u8)>,
    },
    /// `*`
    Name,
    /// `**`
    Path,
    /// Before `**/`, which may also stand for nothing.
    OrNothing,
}

impl Wildcard {
    /// Returns `None` if nothing can match.
    pub(super) fn parse(pattern: &[u8]) -> Option<Self> {
        let mut steps = Vec::new();
        let mut at = 0_usize;
        while let Some(byte) = pattern.get(at).copied() {
            let start = at;
            at = at.checked_add(1)?;
            match byte {
                b'\\' => {
                    steps.push(Step::Byte(*pattern.get(at)?));
                    at = at.checked_add(1)?;
                }
                b'?' => steps.push(Step::Any),
                b'[' => {
                    let (class, length) = class(pattern.get(at..)?)?;
                    steps.push(class);
                    at = at.checked_add(length)?;
                }
                b'*' => {
                    while pattern.get(at) == Some(&b'*') {
                        at = at.checked_add(1)?;
                    }
                    let alone = start.checked_sub(1).is_none_or(|before| pattern.get(before) == Some(&b'/'));
                    match pattern.get(at) {
                        Some(b'/') if alone && at.checked_sub(start)? > 1 => {
                            steps.extend([Step::OrNothing, Step::Path]);
                        }
                        None if alone && at.checked_sub(start)? > 1 => steps.push(Step::Path),
                        _ => steps.push(Step::Name),
                    }
                }
                byte => steps.push(Step::Byte(byte)),
            }
        }
        let literal = |step: &Step| if let Step::Byte(byte) = step { Some(*byte) } else { None };
        let prefix = steps.iter().map_while(literal).collect();
        let mut suffix: Vec<u8> = steps.iter().rev().map_while(literal).collect();
        suffix.reverse();
        Some(Self { steps, prefix, suffix })
    }

    pub(super) fn matches(&self, path: &[u8]) -> bool {
        if self.prefix.len() == self.steps.len() {
            return self.prefix == path;
        }
        // What may stand for nothing also leaves out the slash behind it.
        let nothing =
            matches!(self.steps.last(), Some(Step::Byte(_))) && path.ends_with(self.after_nothing());
        path.starts_with(&self.prefix) && (path.ends_with(&self.suffix) || nothing) && self.run(path)
    }

    /// Returns the suffix without the slash of a `**/` right before it.
    fn after_nothing(&self) -> &[u8] {
        let before = self.steps.len().checked_sub(self.suffix.len()).and_then(|at| at.checked_sub(1));
        let path = before.is_some_and(|at| matches!(self.steps.get(at), Some(Step::Path)));
        self.suffix.get(usize::from(path)..).unwrap_or_default()
    }

    /// Follows all ways through the steps at once.
    fn run(&self, path: &[u8]) -> bool {
        let mut here = vec![false; self.steps.len().saturating_add(1)];
        let mut next = here.clone();
        self.enter(0, &mut here);
        for byte in path {
            next.fill(false);
            let mut lost = true;
            for (position, step) in self.steps.iter().enumerate() {
                if !here.get(position).is_some_and(|reached| *reached) {
                    continue;
                }
                let to = match step {
                    Step::Byte(expected) => (byte == expected).then_some(1),
                    Step::Any => (*byte != b'/').then_some(1),
                    Step::Class { negated, ranges } => {
                        let inside = ranges.iter().any(|(first, last)| (first..=last).contains(&byte));
                        (*byte != b'/' && inside != *negated).then_some(1)
                    }
                    Step::Name => (*byte != b'/').then_some(0),
                    Step::Path => Some(0),
                    Step::OrNothing => None,
                };
                if let Some(to) = to {
                    self.enter(position.saturating_add(to), &mut next);
                    lost = false;
                }
            }
            if lost {
                return false;
            }
            std::mem::swap(&mut here, &mut next);
        }
        here.last().is_some_and(|reached| *reached)
    }

    /// Reaches a position, and those behind steps that may stand for nothing.
    fn enter(&self, position: usize, reached: &mut [bool]) {
        let mut waiting = vec![position];
        while let Some(position) = waiting.pop() {
            let Some(mark) = reached.get_mut(position).filter(|mark| !**mark) else {
                continue;
            };
            *mark = true;
            match self.steps.get(position) {
                Some(Step::Name | Step::Path) => waiting.push(position.saturating_add(1)),
                // The step itself, `**` and the slash.
                Some(Step::OrNothing) => {
                    waiting.extend([position.saturating_add(1), position.saturating_add(3)]);
                }
                _ => {}
            }
        }
    }
}

/// Returns a class, and how many bytes behind its bracket it takes; `None` if it has no end or an unknown name.
fn class(pattern: &[u8]) -> Option<(Step, usize)> {
    let mut at = 0_usize;
    let negated = matches!(pattern.first(), Some(b'!' | b'^'));
    at = at.checked_add(usize::from(negated))?;
    let mut ranges: Vec<(u8, u8)> = Vec::new();
    let (mut previous, mut first) = (None, true);
    loop {
        let byte = *pattern.get(at)?;
        at = at.checked_add(1)?;
        let rest = pattern.get(at..)?;
        match byte {
            b']' if !first => return Some((Step::Class { negated, ranges }, at)),
            b'-' if previous.is_some() && !rest.is_empty() && !rest.starts_with(b"]") => {
                let escaped = usize::from(rest.starts_with(b"\\"));
                ranges.push((previous?, *rest.get(escaped)?));
                at = at.checked_add(escaped)?.checked_add(1)?;
                previous = None;
            }
            b'[' if rest.starts_with(b":") => {
                let end = memchr::memchr(b']', rest)?;
                let name = rest.get(1..end)?.strip_suffix(b":");
                if let Some(name) = name {
                    ranges.extend_from_slice(named(name)?);
                    at = at.checked_add(end)?.checked_add(1)?;
                    previous = None;
                } else {
                    ranges.push((byte, byte));
                    previous = Some(byte);
                }
            }
            byte => {
                let escaped = byte == b'\\';
                let byte = if escaped { *rest.first()? } else { byte };
                at = at.checked_add(usize::from(escaped))?;
                ranges.push((byte, byte));
                previous = Some(byte);
            }
        }
        first = false;
    }
}

fn named(name: &[u8]) -> Option<&'static [(u8, u8)]> {
    Some(match name {
        b"alnum" => &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')],
        b"alpha" => &[(b'A', b'Z'), (b'a', b'z')],
        b"blank" => &[(b' ', b' '), (b'\t', b'\t')],
        b"cntrl" => &[(0, 31), (127, 127)],
        b"digit" => &[(b'0', b'9')],
        b"graph" => &[(b'!', b'~')],
        b"lower" => &[(b'a', b'z')],
        b"print" => &[(b' ', b'~')],
        b"punct" => &[(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')],
        b"space" => &[(b'\t', b'\r'), (b' ', b' ')],
        b"upper" => &[(b'A', b'Z')],
        b"xdigit" => &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_patterns_take_no_time() {
        let pattern = b"*a".repeat(2_000);
        let wildcard = Wildcard::parse(&[&pattern[..], b"b"].concat()).unwrap();
        assert!(!wildcard.matches(&[&b"a".repeat(4_000)[..], b"c"].concat()));
        assert!(!wildcard.matches(&[&b"a".repeat(1_000)[..], b"b"].concat()));
    }

    #[test]
    fn damaged_patterns_match_nothing() {
        for pattern in ["a\\", "[", "[a", "[]", "[a-", "[[:alpha:]", "[[:none:]]", "[\\"] {
            assert!(Wildcard::parse(pattern.as_bytes()).is_none(), "{pattern}");
        }
    }
}
