//! The three commands, exactly as Tezt gives them.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::identity::PeerId;
use crate::refusal::Result;

/// How many connections a node may be told to keep.
const MOST_CONNECTIONS: usize = 100;
/// How many it keeps by default.
const DEFAULT_CONNECTIONS: usize = 50;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    GenerateIdentity { data_dir: PathBuf },
    InitConfig { data_dir: PathBuf, config: Config },
    Run(Run),
}

/// What `config init` writes down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Config {
    pub(crate) network: String,
    pub(crate) history_mode: Option<String>,
    pub(crate) connections: usize,
    pub(crate) private_mode: bool,
    pub(crate) peers: Vec<DeclaredPeer>,
}

/// `HOST:PORT[#ID]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeclaredPeer {
    pub(crate) point: SocketAddr,
    pub(crate) id: Option<PeerId>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) data_dir: PathBuf,
    pub(crate) net_addr: SocketAddr,
    pub(crate) metrics_addr: SocketAddr,
    pub(crate) rpc_addr: SocketAddr,
    pub(crate) private_mode: bool,
}

pub(crate) fn parse(arguments: &[String]) -> Result<Command> {
    let mut rest = Arguments(arguments);
    let command = match (rest.next("a command")?, rest.next("a command")?) {
        ("identity", "generate") => {
            let data_dir = data_dir(&mut rest)?;
            rest.literal("0")?;
            Command::GenerateIdentity { data_dir }
        }
        ("config", "init") => Command::InitConfig { data_dir: data_dir(&mut rest)?, config: config(&mut rest)? },
        ("run", _) => {
            rest = Arguments(&arguments[1..]);
            Command::Run(run(&mut rest)?)
        }
        (first, second) => {
            return Err(format!("expected `identity generate`, `config init` or `run`, found `{first} {second}`"));
        }
    };
    match rest.0 {
        [] => Ok(command),
        [argument, ..] => Err(format!("unexpected argument `{argument}`")),
    }
}

/// The arguments that are not read yet.
struct Arguments<'a>(&'a [String]);

impl<'a> Arguments<'a> {
    fn next(&mut self, expected: &str) -> Result<&'a str> {
        let (first, rest) = self.0.split_first().ok_or_else(|| format!("expected {expected}, found nothing more"))?;
        self.0 = rest;
        Ok(first)
    }

    fn literal(&mut self, expected: &str) -> Result {
        match self.next(&format!("`{expected}`"))? {
            found if found == expected => Ok(()),
            found => Err(format!("expected `{expected}`, found `{found}`")),
        }
    }

    fn value_of(&mut self, option: &str) -> Result<&'a str> {
        self.literal(option)?;
        self.next(&format!("the value of `{option}`"))
    }

    /// Whether the next one is this flag; then it is read.
    fn flag(&mut self, flag: &str) -> bool {
        match self.0 {
            [first, rest @ ..] if first == flag => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }
}

fn data_dir(rest: &mut Arguments<'_>) -> Result<PathBuf> {
    Ok(PathBuf::from(rest.value_of("--data-dir")?))
}

/// `ARGS --network sandbox --expected-pow 0 --peer HOST:PORT[#ID] ..`
fn config(rest: &mut Arguments<'_>) -> Result<Config> {
    let mut config = Config {
        network: String::new(),
        history_mode: None,
        connections: DEFAULT_CONNECTIONS,
        private_mode: false,
        peers: Vec::new(),
    };
    let mut seen = Vec::new();
    while rest.0.first().is_some_and(|argument| argument != "--network") {
        let name = rest.next("an argument")?;
        if seen.contains(&name) && !["--cors-origin", "--metrics-addr"].contains(&name) {
            return Err(format!("`{name}` is given twice"));
        }
        seen.push(name);
        argument(name, rest, &mut config)?;
    }
    rest.value_of("--network")?.clone_into(&mut config.network);
    number("--expected-pow", rest.value_of("--expected-pow")?)?;
    while !rest.0.is_empty() {
        config.peers.push(declared_peer(rest.value_of("--peer")?)?);
    }
    let is_twice = |(index, peer): (usize, &DeclaredPeer)| config.peers[..index].iter().any(|p| p.point == peer.point);
    match config.peers.iter().enumerate().find(|peer| is_twice(*peer)) {
        Some((_, peer)) => Err(format!("the peer {} is given twice", peer.point)),
        None => Ok(config),
    }
}

/// One of the arguments that a test may choose.
fn argument(name: &str, rest: &mut Arguments<'_>, config: &mut Config) -> Result {
    let value = |rest: &mut Arguments<'_>| rest.next(&format!("the value of `{name}`")).map(str::to_owned);
    match name {
        "--disable-p2p-maintenance"
        | "--disable-p2p-swap"
        | "--no-bootstrap-peers"
        | "--disable-mempool"
        | "--disable-context-pruning" => Ok(()),
        "--private-mode" => {
            config.private_mode = true;
            Ok(())
        }
        "--history-mode" => {
            let mode = value(rest)?;
            check_history_mode(&mode)?;
            config.history_mode = Some(mode);
            Ok(())
        }
        "--connections" => {
            config.connections = number(name, &value(rest)?)?;
            match config.connections {
                0..=MOST_CONNECTIONS => Ok(()),
                more => Err(format!("`--connections {more}`: expected at most {MOST_CONNECTIONS}")),
            }
        }
        "--bootstrap-threshold" | "--synchronisation-threshold" | "--sync-latency" | "--max-active-rpc-connections" => {
            number(name, &value(rest)?).map(drop)
        }
        "--media-type" => match &*value(rest)? {
            "json" | "binary" | "any" => Ok(()),
            other => Err(format!("`--media-type`: expected json, binary or any, found `{other}`")),
        },
        "--metadata-size-limit" => match &*value(rest)? {
            "unlimited" => Ok(()),
            bytes => number(name, bytes).map(drop),
        },
        "--metrics-addr" => address(name, &value(rest)?).map(drop),
        "--cors-origin" | "--storage-maintenance-delay" => value(rest).map(drop),
        _ => Err(format!("unexpected argument `{name}`")),
    }
}

fn check_history_mode(mode: &str) -> Result {
    match mode.split_once(':') {
        None if ["archive", "full", "rolling"].contains(&mode) => Ok(()),
        Some(("full" | "rolling", cycles)) => number("--history-mode", cycles).map(drop),
        _ => Err(format!("`--history-mode`: expected archive, full[:n] or rolling[:n], found `{mode}`")),
    }
}

/// `--data-dir D --net-addr A --metrics-addr A --rpc-addr A --max-active-rpc-connections N --allow-all-rpc A ..`
fn run(rest: &mut Arguments<'_>) -> Result<Run> {
    let data_dir = data_dir(rest)?;
    let net_addr = address("--net-addr", rest.value_of("--net-addr")?)?;
    let metrics_addr = address("--metrics-addr", rest.value_of("--metrics-addr")?)?;
    let rpc = if rest.flag("--external-rpc-addr") { rest.next("an address")? } else { rest.value_of("--rpc-addr")? };
    number("--max-active-rpc-connections", rest.value_of("--max-active-rpc-connections")?)?;
    let allowed = rest.value_of("--allow-all-rpc")?;
    if allowed != rpc {
        return Err(format!("`--allow-all-rpc {allowed}`: expected the address of the RPC server, {rpc}"));
    }
    let rpc_addr = address("--rpc-addr", rpc)?;
    if net_addr == metrics_addr || net_addr == rpc_addr || metrics_addr == rpc_addr {
        return Err(format!("two of the addresses {net_addr}, {metrics_addr} and {rpc_addr} are the same"));
    }
    let _single_process = rest.flag("--singleprocess");
    let private_mode = rest.flag("--private-mode");
    Ok(Run { data_dir, net_addr, metrics_addr, rpc_addr, private_mode })
}

fn number(name: &str, text: &str) -> Result<usize> {
    text.parse().map_err(|_| format!("`{name}`: expected a number, found `{text}`"))
}

pub(crate) fn address(name: &str, text: &str) -> Result<SocketAddr> {
    match text.parse::<SocketAddr>() {
        Ok(address) if !address.ip().is_unspecified() && address.port() != 0 => Ok(address),
        _ => Err(format!("`{name}`: expected an address of one host with a port, found `{text}`")),
    }
}

fn declared_peer(text: &str) -> Result<DeclaredPeer> {
    let (point, id) = match text.split_once('#') {
        Some((point, id)) => (point, Some(PeerId::parse(id)?)),
        None => (text, None),
    };
    Ok(DeclaredPeer { point: address("--peer", point)?, id })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "run --data-dir D --net-addr 127.0.0.1:1 --metrics-addr 127.0.0.1:2 --rpc-addr 127.0.0.1:3 \
                       --max-active-rpc-connections 500 --allow-all-rpc 127.0.0.1:3";

    fn parsed(line: &str) -> Result<Command> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    fn refused(line: &str, why: &str) {
        let refusal = parsed(line).expect_err(line);
        assert!(refusal.contains(why), "`{line}` was refused, but not for `{why}`: {refusal}");
    }

    #[test]
    fn the_four_lines_of_tezt_are_accepted() {
        parsed("identity generate --data-dir D 0").expect("an identity");
        parsed("config init --data-dir D --network sandbox --expected-pow 0").expect("a configuration");
        parsed(RUN).expect("a run");
        let Ok(Command::Run(run)) = parsed(&format!("{RUN} --private-mode")) else { panic!("a private run") };
        assert!(run.private_mode);
        parsed(&RUN.replace("--rpc-addr", "--external-rpc-addr")).expect("an external RPC server");
    }

    #[test]
    fn a_configuration_holds_arguments_and_peers() {
        let line = "config init --data-dir D --history-mode full:5 --connections 8 --synchronisation-threshold 0 \
                    --network sandbox --expected-pow 0 --peer 127.0.0.1:2 --peer 127.0.0.1:3";
        let Ok(Command::InitConfig { config, .. }) = parsed(line) else { panic!("it is refused") };
        assert_eq!((config.history_mode.as_deref(), config.connections), (Some("full:5"), 8));
        assert_eq!(config.peers.len(), 2);
    }

    #[test]
    fn what_tezt_does_not_write_is_refused() {
        refused("identity generate --data-dir D", "expected `0`");
        refused("identity generate --data-dir D 26", "expected `0`");
        refused("snapshot export", "expected `identity generate`");
        refused("run", "a command");
        refused("config init --data-dir D --expected-pow 0 --network sandbox", "unexpected argument `--expected-pow`");
        refused("config init --data-dir D --singleprocess --network sandbox --expected-pow 0", "unexpected argument");
        refused(&RUN.replace("--allow-all-rpc 127.0.0.1:3", "--allow-all-rpc 127.0.0.1:4"), "--allow-all-rpc");
        refused(&RUN.replace(":2", ":1"), "are the same");
        refused(&format!("{RUN} --peer 127.0.0.1:9"), "unexpected argument `--peer`");
        refused(&RUN.replace("127.0.0.1:1", "0.0.0.0:1"), "expected an address of one host");
    }

    #[test]
    fn values_out_of_bounds_are_refused() {
        let with = |arguments: &str| format!("config init --data-dir D {arguments} --network sandbox --expected-pow 0");
        refused(&with("--connections 101"), "at most 100");
        refused(&with("--history-mode archive:5"), "full[:n]");
        refused(&with("--history-mode light"), "full[:n]");
        refused(&with("--media-type xml"), "json, binary or any");
        refused(&with("--sync-latency soon"), "expected a number");
        refused(&with("--connections 3 --connections 4"), "given twice");
        refused(&format!("{} --peer 127.0.0.1", with("")), "expected an address");
        refused(&format!("{} --peer 127.0.0.1:2#me", with("")), "identity of a peer");
        refused(&format!("{} --peer 127.0.0.1:2 --peer 127.0.0.1:2", with("")), "given twice");
    }
}
