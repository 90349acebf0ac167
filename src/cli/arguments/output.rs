//! Where reports go, and in which formats: for every command that writes several.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::gate;

/// The formats of one command.
pub(in crate::cli) trait Formats: ValueEnum + Copy + Send + Sync + 'static {
    /// What standard output gets unless told otherwise, and in GitHub Actions.
    const DEFAULTS: [&'static [Self]; 2];
    /// What the help says of `--format`.
    const FORMAT: &'static str;
    /// What the help says of `--output`.
    const OUTPUT: &'static str =
        "Write the report to a file as well, in a format or that of the file's extension; may be repeated";
    /// What the message shows when there is no equals sign.
    const EXAMPLE: &'static str;
}

#[derive(Debug, Args)]
pub(in crate::cli) struct OutputOptions<F: Formats> {
    #[arg(long, value_name = "FORMAT", help = F::FORMAT)]
    format: Option<F>,

    #[arg(long = "output", value_name = "FORMAT=PATH", help = F::OUTPUT, value_parser = parse_target::<F>)]
    pub(in crate::cli) files: Vec<Target<F>>,

    /// Let --output replace a file that holds a credential
    #[arg(long)]
    pub(in crate::cli) force: bool,
}

impl<F: Formats> OutputOptions<F> {
    /// The formats for standard output.
    pub(in crate::cli) fn formats(&self, github_actions: bool) -> &[F] {
        let [elsewhere, there] = F::DEFAULTS;
        let default = if github_actions { there } else { elsewhere };
        self.format.as_ref().map_or(default, std::slice::from_ref)
    }

    /// The files.
    pub(in crate::cli) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().map(|target| &target.path)
    }
}

/// `--output FORMAT=PATH`, or `--output PATH`
#[derive(Clone, Debug)]
pub(in crate::cli) struct Target<F> {
    pub(in crate::cli) format: F,
    pub(in crate::cli) path: PathBuf,
}

/// Reads `FORMAT=PATH`, or `PATH` with an extension that says the format.
fn parse_target<F: Formats>(text: &str) -> Result<Target<F>, String> {
    let Some((format, path)) = text.split_once('=') else {
        let path = Path::new(text).to_path_buf();
        return match of_extension(&path) {
            Some(format) => Ok(Target { format, path }),
            None => Err(format!(
                "the extension of the file says no format, so write FORMAT=PATH, such as {}",
                F::EXAMPLE
            )),
        };
    };
    if path.is_empty() {
        return Err(String::from("the path is missing after the equals sign"));
    }
    let format = F::from_str(format, true).map_err(|_| {
        let possible = F::value_variants().iter().filter_map(F::to_possible_value);
        let names: Vec<String> = possible.map(|value| value.get_name().to_owned()).collect();
        format!("there is no format “{}”; there are {}", gate::word(format), names.join(", "))
    })?;
    Ok(Target { format, path: Path::new(path).to_path_buf() })
}

/// The format whose name, or another usual extension of it, the file has.
fn of_extension<F: Formats>(path: &Path) -> Option<F> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let names: &[&str] = match extension.as_str() {
        "md" => &["markdown"],
        "htm" => &["html"],
        "xml" => &["junit"],
        "prom" => &["prometheus"],
        "txt" => &["text", "table"],
        "ndjson" => &["jsonl"],
        name => &[name],
    };
    names.iter().find_map(|name| F::from_str(name, true).ok())
}

#[cfg(test)]
mod tests {
    use super::super::AuditFormat;
    use super::*;

    #[test]
    fn unknown_formats_get_the_list() {
        let parsed = parse_target::<AuditFormat>;
        assert!(parsed("json=a=b.txt").is_ok_and(|target| target.path == Path::new("a=b.txt")));
        let message = parsed("foo=a.txt").map(|_| ());
        let expected = "there is no format “foo”; there are table, json, jsonl, csv, markdown, html, sarif";
        assert_eq!(message, Err(String::from(expected)));
        for (path, format) in [
            ("a/b.json", Some(AuditFormat::Json)),
            ("x.MD", Some(AuditFormat::Markdown)),
            ("x.ics", None),
            ("x", None),
        ] {
            assert_eq!(parsed(path).ok().map(|target| target.format), format, "{path}");
        }
    }
}
