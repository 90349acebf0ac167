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
    const OUTPUT: &'static str = "Write the report to a file as well; may be repeated";
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

/// `--output FORMAT=PATH`
#[derive(Clone, Debug)]
pub(in crate::cli) struct Target<F> {
    pub(in crate::cli) format: F,
    pub(in crate::cli) path: PathBuf,
}

/// Reads `FORMAT=PATH`.
fn parse_target<F: Formats>(text: &str) -> Result<Target<F>, String> {
    let (format, path) =
        text.split_once('=').ok_or_else(|| format!("it has the form FORMAT=PATH, such as {}", F::EXAMPLE))?;
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
    }
}
