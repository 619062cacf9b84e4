use rustix::process::Signal as System;

/// A signal for a program.
///
/// # Examples
/// ```
/// use cluster_runtime::process::Signal;
/// assert_ne!(Signal::Terminate, Signal::Interrupt);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signal {
    /// SIGTERM, which asks a program to end gracefully.
    Terminate,
    /// SIGINT, which Ctrl-C sends.
    Interrupt,
    /// SIGQUIT.
    Quit,
    /// SIGHUP, at which many daemons reload their configuration.
    Hangup,
    /// SIGUSR1.
    User1,
    /// SIGUSR2.
    User2,
    /// SIGSTOP, which suspends a program.
    Suspend,
    /// SIGCONT, which resumes a suspended program.
    Resume,
    /// SIGKILL, which no program can catch.
    Kill,
}

impl Signal {
    pub(crate) fn system(self) -> System {
        match self {
            Signal::Terminate => System::TERM,
            Signal::Interrupt => System::INT,
            Signal::Quit => System::QUIT,
            Signal::Hangup => System::HUP,
            Signal::User1 => System::USR1,
            Signal::User2 => System::USR2,
            Signal::Suspend => System::STOP,
            Signal::Resume => System::CONT,
            Signal::Kill => System::KILL,
        }
    }

    /// Its number.
    pub fn number(self) -> i32 {
        self.system().as_raw()
    }

    /// The name of the signal of this number.
    pub(crate) fn name_of(number: i32) -> Option<&'static str> {
        const NAMES: [(System, &str); 13] = [
            (System::ABORT, "SIGABRT"),
            (System::ALARM, "SIGALRM"),
            (System::BUS, "SIGBUS"),
            (System::FPE, "SIGFPE"),
            (System::HUP, "SIGHUP"),
            (System::ILL, "SIGILL"),
            (System::INT, "SIGINT"),
            (System::KILL, "SIGKILL"),
            (System::PIPE, "SIGPIPE"),
            (System::QUIT, "SIGQUIT"),
            (System::SEGV, "SIGSEGV"),
            (System::TERM, "SIGTERM"),
            (System::TRAP, "SIGTRAP"),
        ];
        NAMES.iter().find(|(signal, _)| signal.as_raw() == number).map(|(_, name)| *name)
    }
}
