//! `aemcred completions` and `aemcred man`: made from the definition of the command line.

use super::arguments::{CompletionsOptions, ManOptions};
use super::output::write_atomically;
use super::paths::name;
use super::{CLEAN, CliError, Streams, command};
use crate::discover::io_words;

pub(super) fn completions(options: &CompletionsOptions, streams: &mut Streams<'_>) -> Result<u8, CliError> {
    // Written to memory first: the generator panics when its target can't be written.
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command(), "aemcred", &mut script);
    streams.out.write_all(&script)?;
    Ok(CLEAN)
}

pub(super) fn pages(options: &ManOptions, streams: &mut Streams<'_>) -> Result<u8, CliError> {
    let main = command();
    let Some(folder) = &options.dir else {
        clap_mangen::Man::new(main).render(streams.out)?;
        return Ok(CLEAN);
    };
    let listed = main.get_subcommands().filter(|command| !command.is_hide_set());
    let subcommands: Vec<clap::Command> = listed.cloned().collect();
    for command in std::iter::once(main).chain(subcommands) {
        let page = clap_mangen::Man::new(command);
        let path = folder.join(page.get_filename());
        let mut contents = Vec::new();
        page.render(&mut contents)?;
        write_atomically(&path, &contents).map_err(|error| CliError::File {
            path: name(&path).one_line(),
            reason: format!("the page can't be written: {}", io_words(&error)),
        })?;
    }
    Ok(CLEAN)
}
