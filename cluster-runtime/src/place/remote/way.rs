//! How a command gets to a host.

use std::path::Path;

/// What stands for the name of the host in the words of a command line.
const HOST: &str = "{host}";

/// Of every call of ssh. Without a terminal there is nobody to ask; a host that is cut off is noticed after 6 s.
const SSH: [&str; 11] = [
    "ssh",
    "-T",
    "-oBatchMode=yes",
    "-oClearAllForwardings=yes",
    "-oConnectTimeout=20",
    "-oControlPersist=no",
    "-oForwardAgent=no",
    "-oLogLevel=ERROR",
    "-oPermitLocalCommand=no",
    "-oServerAliveCountMax=3",
    "-oServerAliveInterval=2",
];

/// How commands get to hosts.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// By ssh with these options, over connections that are shared.
    Ssh(Vec<String>),
    /// By a command whose arguments reach the host as they are.
    Command(Vec<String>),
}

impl Way {
    /// The program that it needs on this machine.
    pub(super) fn program(&self) -> Option<&str> {
        match self {
            Way::Ssh(_) => Some(SSH[0]),
            Way::Command(words) => words.first().map(String::as_str),
        }
    }

    /// What a shell of this machine runs to try it: it prints what it reads.
    pub(super) fn trial(&self, host: &str) -> String {
        let line = self.command_line(host, None, &["cat"]);
        quoted(&line.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The command line that runs a script on a host, with these arguments. By ssh it opens a connection that others share at this
    /// socket.
    pub(super) fn command_line(&self, host: &str, socket: Option<&Path>, script: &[&str]) -> Vec<String> {
        match self {
            Way::Ssh(options) => {
                let path = socket.map_or_else(|| "none".to_owned(), |socket| socket.display().to_string());
                let shared = if socket.is_some() { "-oControlMaster=yes" } else { "-oControlMaster=no" };
                let shared = [shared.to_owned(), format!("-oControlPath={path}")];
                let ours = SSH.into_iter().map(str::to_owned).chain(shared);
                ours.chain(options.iter().cloned()).chain(["--".to_owned(), host.to_owned(), quoted(script)]).collect()
            }
            Way::Command(words) => {
                let words = words.iter().map(|word| word.replace(HOST, host));
                words.chain(script.iter().map(|word| (*word).to_owned())).collect()
            }
        }
    }
}

/// As one line for a shell, as that on the host: ssh joins its arguments, and a login shell takes them apart.
pub(super) fn quoted(words: &[&str]) -> String {
    let quote = |word: &&str| match is_plain(word) {
        true => (*word).to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

/// Whether any shell takes a word as it is.
fn is_plain(word: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,@+".contains(letter);
    !word.is_empty() && !word.starts_with('=') && word.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_command_reach_the_host_as_they_are() {
        let way = Way::Command(["kubectl", "exec", "-i", "{host}", "--"].map(str::to_owned).to_vec());
        let line = way.command_line("pod-1", None, &["sh", "-c", "echo 'a b'"]);
        assert_eq!(line, ["kubectl", "exec", "-i", "pod-1", "--", "sh", "-c", "echo 'a b'"]);
    }

    #[test]
    fn ssh_gets_one_word_that_its_shell_takes_apart() {
        let way = Way::Ssh(vec!["-p2222".to_owned()]);
        let line = way.command_line("h1", Some(Path::new("s")), &["sh", "-c", "echo 'a b'"]);
        assert_eq!(
            line[line.len() - 6..],
            ["-oControlMaster=yes", "-oControlPath=s", "-p2222", "--", "h1", r"sh -c 'echo '\''a b'\'''"]
        );
    }

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        let words = ["-a=b", "", "=c", "~", "$d", "{e,f}", "g;"];
        assert_eq!(quoted(&words), "-a=b '' '=c' '~' '$d' '{e,f}' 'g;'");
    }
}
