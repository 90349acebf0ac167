//! What the process forbids itself before it opens or looks up anything.
//!
//! Owns: the list of system calls that no run needs, and putting it into force. Does not own: what a refusal means for a run
//! (see `cli`). Threads are needed, files are written: this isn't about those. Whatever a hostile file might make of a mistake
//! in here, it talks to nobody, starts nothing, and leaves no dump of the secrets.

/// Whether it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sandbox {
    /// It is, for good.
    Active,
    /// The kernel doesn't let us, for this reason.
    Refused(String),
    /// There is none on this system.
    Unsupported,
}

/// Enters the sandbox, from which there is no way back. Threads that exist already are not in it.
pub fn enter_sandbox() -> Sandbox {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    return linux::enter().map_or_else(Sandbox::Refused, |()| Sandbox::Active);
    #[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    return Sandbox::Unsupported;
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod linux {
    use libc::c_long;
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    use seccompiler::sock_filter;

    /// Sockets; other programs and their memory; what only the administrator of a machine does; what has often been a way
    /// around all of this.
    const FORBIDDEN: [c_long; 51] = [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_sendmmsg,
        libc::SYS_recvfrom,
        libc::SYS_recvmsg,
        libc::SYS_recvmmsg,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_kcmp,
        libc::SYS_kill,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_getfd,
        libc::SYS_pidfd_send_signal,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_memfd_create,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mknodat,
        libc::SYS_open_by_handle_at,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_kexec_load,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_swapoff,
        libc::SYS_acct,
        libc::SYS_personality,
        libc::SYS_quotactl,
    ];

    const ARCHITECTURE: u32 = if cfg!(target_arch = "x86_64") { 0xC000_003E } else { 0xC000_00B7 };

    const ALLOW: sock_filter = give(0x7FFF_0000);
    const EPERM: u32 = 1;

    /// `SECCOMP_RET_ERRNO` with EPERM for what is forbidden. The shape is the one that seccompiler makes, which takes longer
    /// than all else that happens at a start; a test compares the two.
    const PROGRAM: [sock_filter; 5 + 5 * FORBIDDEN.len()] = program();

    const fn program() -> [sock_filter; 5 + 5 * FORBIDDEN.len()] {
        const LOAD: u16 = 0x20;
        const JUMP_IF_EQUAL: u16 = 0x15;
        const JUMP: u16 = 0x05;
        const OFFSET_OF_NUMBER: u32 = 0;
        const OFFSET_OF_ARCHITECTURE: u32 = 4;
        const KILL: u32 = 0x8000_0000;
        let calls = sorted(FORBIDDEN);
        let mut program = [ALLOW; 5 + 5 * FORBIDDEN.len()];
        program[0] = step(LOAD, 0, 0, OFFSET_OF_ARCHITECTURE);
        program[1] = step(JUMP_IF_EQUAL, 1, 0, ARCHITECTURE);
        program[2] = give(KILL);
        program[3] = step(LOAD, 0, 0, OFFSET_OF_NUMBER);
        let mut index = 0;
        while index < calls.len() {
            let at = 4 + 5 * index;
            program[at] = step(JUMP_IF_EQUAL, 0, 1, number(calls[index]));
            program[at + 1] = step(JUMP, 0, 0, 1);
            program[at + 2] = step(JUMP, 0, 0, 2);
            program[at + 3] = give(0x0005_0000 | EPERM);
            index += 1;
        }
        program
    }

    const fn step(code: u16, jt: u8, jf: u8, k: u32) -> sock_filter {
        sock_filter { code, jt, jf, k }
    }

    const fn give(what: u32) -> sock_filter {
        step(0x06, 0, 0, what)
    }

    #[expect(
        clippy::cast_sign_loss,
        clippy::cast_possible_truncation,
        reason = "numbers of system calls are small, and `try_from` isn't const"
    )]
    const fn number(call: c_long) -> u32 {
        assert!(call >= 0 && call < 1 << 16);
        call as u32
    }

    const fn sorted<const N: usize>(mut calls: [c_long; N]) -> [c_long; N] {
        let mut end = N;
        while end > 1 {
            let mut index = 1;
            while index < end {
                if calls[index - 1] > calls[index] {
                    (calls[index - 1], calls[index]) = (calls[index], calls[index - 1]);
                }
                index += 1;
            }
            end -= 1;
        }
        calls
    }

    pub(super) fn enter() -> Result<(), String> {
        set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|error| error.to_string())?;
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
            .map_err(|error| error.to_string())?;
        seccompiler::apply_filter(&PROGRAM).map_err(|error| error.to_string())
    }

    #[cfg(test)]
    mod tests {
        use std::collections::BTreeMap;

        use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

        use super::*;

        #[test]
        fn the_program_is_the_one_that_the_crate_makes() {
            let rules: BTreeMap<i64, Vec<_>> = FORBIDDEN.iter().map(|call| (*call, Vec::new())).collect();
            assert_eq!(rules.len(), FORBIDDEN.len(), "each is there once");
            let architecture = std::env::consts::ARCH.try_into().unwrap();
            let made =
                SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(EPERM), architecture)
                    .unwrap();
            let made = BpfProgram::try_from(made).unwrap();
            let plain = |program: &[sock_filter]| -> Vec<_> {
                program.iter().map(|step| (step.code, step.jt, step.jf, step.k)).collect()
            };
            assert_eq!(plain(&PROGRAM), plain(&made));
        }
    }
}
