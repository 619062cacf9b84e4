//! The command lines of the steps identity, config and run, word by word as Tezt gives them.

use std::net::SocketAddr;

use crate::chain::Chain;
use crate::octez_node::OctezNode;

/// What differs from one run to another.
pub(crate) struct Run<'a> {
    pub(crate) data_dir: &'a str,
    pub(crate) net_addr: SocketAddr,
    pub(crate) metrics_addr: SocketAddr,
    pub(crate) rpc_addr: SocketAddr,
    pub(crate) private_mode: bool,
}

impl<C: Chain> OctezNode<C> {
    pub(crate) fn identity_generate(&self, data_dir: &str) -> Vec<String> {
        words(["identity", "generate", "--data-dir", data_dir, &self.expected_pow.to_string()])
    }

    /// `declared` are the peers of the cluster, as `HOST:PORT` or `HOST:PORT#ID`.
    pub(crate) fn config_init(&self, data_dir: &str, declared: impl IntoIterator<Item = String>) -> Vec<String> {
        let mut line = words(["config", "init", "--data-dir", data_dir]);
        line.extend(self.arguments.words());
        line.extend(words(["--network", &self.network, "--expected-pow", &self.expected_pow.to_string()]));
        let peers = declared.into_iter().chain(self.peers.iter().cloned());
        line.extend(peers.flat_map(|peer| ["--peer".to_owned(), peer]));
        line
    }

    pub(crate) fn run(&self, run: &Run<'_>) -> Vec<String> {
        let rpc = run.rpc_addr.to_string();
        let mut line = words(["run", "--data-dir", run.data_dir]);
        line.extend(words(["--net-addr", &run.net_addr.to_string(), "--metrics-addr", &run.metrics_addr.to_string()]));
        line.extend(words([if self.rpc_external { "--external-rpc-addr" } else { "--rpc-addr" }, &rpc]));
        line.extend(words(["--max-active-rpc-connections", &self.max_active_rpc_connections.to_string()]));
        line.extend(words(["--allow-all-rpc", &rpc]));
        line.extend(self.singleprocess.then(|| "--singleprocess".to_owned()));
        line.extend(run.private_mode.then(|| "--private-mode".to_owned()));
        line
    }
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{HistoryMode, MediaType};
    use crate::octez_node::Octez;

    fn run(private_mode: bool) -> Run<'static> {
        let [net_addr, metrics_addr, rpc_addr] = [1, 2, 3].map(|port| ([127, 0, 0, 1], port).into());
        Run { data_dir: "D", net_addr, metrics_addr, rpc_addr, private_mode }
    }

    #[test]
    fn the_lines_are_those_of_tezt() {
        let node = Octez::new();
        assert_eq!(node.identity_generate("D").join(" "), "identity generate --data-dir D 0");
        let peers = ["127.0.0.1:5", "127.0.0.1:6"].map(str::to_owned);
        assert_eq!(
            node.config_init("D", peers).join(" "),
            "config init --data-dir D --network sandbox --expected-pow 0 --peer 127.0.0.1:5 --peer 127.0.0.1:6"
        );
        let line = "run --data-dir D --net-addr 127.0.0.1:1 --metrics-addr 127.0.0.1:2 --rpc-addr 127.0.0.1:3 \
                   --max-active-rpc-connections 500 --allow-all-rpc 127.0.0.1:3";
        assert_eq!(node.run(&run(false)).join(" "), line);
        assert_eq!(node.run(&run(true)).join(" "), format!("{line} --private-mode"));
    }

    #[test]
    fn arguments_of_the_run_go_there() {
        let node = Octez::new().rpc_external(true).singleprocess().max_active_rpc_connections(9);
        let line = node.run(&run(true)).join(" ");
        assert!(
            line.ends_with(
                "--external-rpc-addr 127.0.0.1:3 --max-active-rpc-connections 9 --allow-all-rpc 127.0.0.1:3 --singleprocess --private-mode"
            ),
            "{line}"
        );
        assert_eq!(node.config_init("D", []).join(" "), "config init --data-dir D --network sandbox --expected-pow 0");
    }

    #[test]
    fn every_argument_has_its_word() {
        let node = Octez::new()
            .history_mode(HistoryMode::Rolling(Some(2)))
            .bootstrap_threshold(1)
            .synchronisation_threshold(0)
            .sync_latency(3)
            .connections(8)
            .disable_p2p_maintenance()
            .disable_p2p_swap()
            .no_bootstrap_peers()
            .media_type(MediaType::Json)
            .metadata_size_limit(None)
            .disable_mempool()
            .disable_context_pruning()
            .storage_maintenance_delay("auto")
            .network("ghostnet")
            .expected_pow(1)
            .metrics_addr(([127, 0, 0, 1], 9).into())
            .cors_origin("a")
            .cors_origin("b")
            .arg("--force-history-mode-switch")
            .peer("127.0.0.1:7");
        assert_eq!(
            node.config_init("D", ["127.0.0.1:5".to_owned()]).join(" "),
            "config init --data-dir D --history-mode rolling:2 --bootstrap-threshold 1 --synchronisation-threshold 0 \
             --sync-latency 3 --connections 8 --disable-p2p-maintenance --disable-p2p-swap --no-bootstrap-peers \
             --media-type json --metadata-size-limit unlimited --disable-mempool --disable-context-pruning \
             --storage-maintenance-delay auto --metrics-addr 127.0.0.1:9 --cors-origin a --cors-origin b \
             --force-history-mode-switch --network ghostnet --expected-pow 1 --peer 127.0.0.1:5 --peer 127.0.0.1:7"
        );
        assert_eq!(node.identity_generate("D").join(" "), "identity generate --data-dir D 1");
    }

    #[test]
    fn the_last_value_of_an_argument_counts() {
        let node = Octez::new().connections(8).sync_latency(1).connections(9);
        assert!(
            node.config_init("D", []).join(" ").contains("--data-dir D --connections 9 --sync-latency 1 --network")
        );
    }
}
