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

    const EPERM: u32 = 1;
    const ALLOWED: u32 = 0x7FFF_0000;
    const REFUSED: u32 = 0x0005_0000 | EPERM;
    const KILLED: u32 = 0x8000_0000;

    const LOAD: u16 = 0x20;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;

    /// As seccompiler would make it, but with one comparison a call, and made when aemcred is compiled, so that the
    /// kernel has less to look through. A test compares the two.
    const PROGRAM: [sock_filter; 6 + FORBIDDEN.len()] = program();

    const fn program() -> [sock_filter; 6 + FORBIDDEN.len()] {
        const OFFSET_OF_NUMBER: u32 = 0;
        const OFFSET_OF_ARCHITECTURE: u32 = 4;
        const ALLOW: sock_filter = step(RETURN, 0, 0, ALLOWED);
        let mut program = [ALLOW; 6 + FORBIDDEN.len()];
        program[0] = step(LOAD, 0, 0, OFFSET_OF_ARCHITECTURE);
        program[1] = step(JUMP_IF_EQUAL, 1, 0, ARCHITECTURE);
        program[2] = step(RETURN, 0, 0, KILLED);
        program[3] = step(LOAD, 0, 0, OFFSET_OF_NUMBER);
        let mut index = 0;
        // To the last step, which is the one behind the one that allows.
        let mut rest: u8 = 51;
        while index < FORBIDDEN.len() {
            program[4 + index] = step(JUMP_IF_EQUAL, rest, 0, number(FORBIDDEN[index]));
            index += 1;
            rest -= 1;
        }
        assert!(rest == 0);
        program[5 + FORBIDDEN.len()] = step(RETURN, 0, 0, REFUSED);
        program
    }

    const fn step(code: u16, jt: u8, jf: u8, k: u32) -> sock_filter {
        sock_filter { code, jt, jf, k }
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
        fn the_program_does_what_the_crate_would_do() {
            let rules: BTreeMap<i64, Vec<_>> = FORBIDDEN.iter().map(|call| (*call, Vec::new())).collect();
            assert_eq!(rules.len(), FORBIDDEN.len(), "each is there once");
            let architecture = std::env::consts::ARCH.try_into().unwrap();
            let made =
                SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(EPERM), architecture)
                    .unwrap();
            let made = BpfProgram::try_from(made).unwrap();
            for architecture in [ARCHITECTURE, 0x4000_0003, 0] {
                for call in (0..1000).chain([0x4000_0029, u32::MAX]) {
                    let (own, its) =
                        (outcome(&PROGRAM, call, architecture), outcome(&made, call, architecture));
                    assert_eq!(own, its, "{call} on {architecture:#x}");
                }
            }
            let refused = (0..1000).filter(|call| outcome(&PROGRAM, *call, ARCHITECTURE) == REFUSED);
            assert_eq!(refused.count(), FORBIDDEN.len());
        }

        /// What the kernel would do: the few instructions that both programs have.
        fn outcome(program: &[sock_filter], call: u32, architecture: u32) -> u32 {
            const JUMP: u16 = 0x05;
            let (mut at, mut value) = (0, 0);
            loop {
                let sock_filter { code, jt, jf, k } = program[at].clone();
                at += 1;
                match code {
                    LOAD => value = if k == 0 { call } else { architecture },
                    JUMP_IF_EQUAL => at += usize::from(if value == k { jt } else { jf }),
                    JUMP => at += k as usize,
                    RETURN => return k,
                    _ => unreachable!("{code:#x}"),
                }
            }
        }
    }
}
