//! What is run on a host for faults.

/// Changes rules, as its input says.
pub(super) const CHANGE: &str = "exec nft -f -";

/// Writes what is counted. $1: the name of the table.
pub(super) const COUNTERS: &str = r#"exec nft -j list table inet "$1""#;

/// Sends probes. $1: how many to each. Then the addresses.
pub(super) const PROBE: &str = r#"
count=$1
shift
for to in "$@"; do
    bash -c 'for ((sent = 0; sent < $1; sent++)); do echo probe >"/dev/udp/$2/9"; done' bash "$count" "$to"
done 2>/dev/null
exit 0
"#;

/// What is needed for faults, where it is missing. $1 is not used.
pub(super) const MISSING: &str = r#"
[ "$(id -u)" = 0 ] || echo "the user there is not root"
command -v nft >/dev/null || echo "there is no nft"
command -v bash >/dev/null || echo "there is no bash"
"#;
