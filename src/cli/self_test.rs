//! `aemcred self-test`, which no help lists: whether the sandbox holds what it is for.
//!
//! Owns: trying what no run may do, towards this machine alone. It is the only place that names a socket or starts a program.

use std::io;
use std::net::{TcpStream, UdpSocket};
use std::process::{Command, Stdio};

use super::{CLEAN, CliError, FAILED, Streams};

/// Tries everything, and says of each what came of it. All must be refused by the system.
pub(super) fn run(streams: &mut Streams<'_>) -> Result<u8, CliError> {
    const NOBODY: (&str, u16) = ("127.0.0.1", 9);
    let exec = || {
        let mut command = Command::new("/proc/self/exe");
        command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().map(drop)
    };
    let attempts: [(&str, io::Result<()>); 3] = [
        ("connect", TcpStream::connect(NOBODY).map(drop)),
        ("socket", UdpSocket::bind((NOBODY.0, 0)).map(drop)),
        ("exec", exec()),
    ];
    let mut code = CLEAN;
    for (what, outcome) in attempts {
        let refused = outcome.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
        writeln!(streams.out, "{what}: {}", if refused { "refused" } else { "not refused" })?;
        if !refused {
            code = FAILED;
        }
    }
    if is_dumpable() {
        writeln!(streams.out, "dump: not refused")?;
        code = FAILED;
    } else {
        writeln!(streams.out, "dump: refused")?;
    }
    Ok(code)
}

#[cfg(target_os = "linux")]
fn is_dumpable() -> bool {
    use rustix::process::{DumpableBehavior, dumpable_behavior};
    dumpable_behavior() != Ok(DumpableBehavior::NotDumpable)
}

#[cfg(not(target_os = "linux"))]
fn is_dumpable() -> bool {
    true
}
