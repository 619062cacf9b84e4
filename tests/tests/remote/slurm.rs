//! A Slurm with three nodes, which are this machine, for the tests of one process. It ends with that.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use cluster_runtime::place::Remote;
use tokio::net::TcpSocket;

use super::{HOSTS, on_loopback};

/// Runs Slurm in namespaces of its own, in which its processes end with this shell, and that with its input; says the number of an
/// allocation of all nodes.
const ENGINE: &str = r#"
cd "$1" && mkdir state && hostname localhost || exit
export SLURM_CONF=$1/slurm.conf
head -c 1024 /dev/urandom >munge.key && chmod 400 munge.key
munged --force --key-file="$1/munge.key" --socket="$1/munge.sock" --pid-file="$1/munged.pid" --seed-file="$1/munged.seed" \
    --log-file="$1/munged.log"
slurmctld && for node in h1 h2 h3; do slurmd -N $node; done
for attempt in $(seq 200); do
    if salloc --no-shell --nodes=3 --overcommit >allocation 2>&1; then break; fi
    sleep 0.1
done
sed -n 's/^salloc: Granted job allocation //p' allocation
cat >/dev/null
# What runs in the allocation has lost its test, too, and removes what it has.
for attempt in $(seq 100); do
    grep -qsx slurmstepd /proc/[0-9]*/comm || break
    sleep 0.1
done
kill -s KILL -1
cd / && rm -rf "$1"
"#;

/// An engine that runs, and an allocation.
struct Slurm {
    /// Its input is the lease.
    _engine: Child,
    _ports: Vec<TcpSocket>,
    configuration: String,
    job: String,
}

/// The nodes of an allocation, each with an address of its own; `None` where there can be none.
pub fn hosts() -> Option<Remote> {
    Some(on_loopback(Remote::command(words()?, HOSTS)))
}

/// The command that gets to them; `None` where there can be none, which is said once.
pub fn words() -> Option<Vec<String>> {
    static SLURM: LazyLock<Option<Slurm>> = LazyLock::new(|| {
        let started = start();
        if let Err(why) = &started {
            // Past the harness, which captures what is printed.
            let _ = writeln!(std::io::stderr(), "skipped: nodes within an allocation of Slurm: {why}");
        }
        started.ok()
    });
    let Slurm { configuration, job, .. } = SLURM.as_ref()?;
    let configuration = format!("SLURM_CONF={configuration}");
    let srun = ["srun", "--jobid", job, "--overlap", "--overcommit", "-N1", "-n1", "--unbuffered", "-w", "{host}"];
    Some(["env", &configuration].into_iter().chain(srun).map(str::to_owned).collect())
}

fn start() -> Result<Slurm, String> {
    let text = |error: std::io::Error| error.to_string();
    if !rustix::process::geteuid().is_root() {
        return Err("its daemons have to be root's".to_owned());
    }
    for program in ["munged", "salloc", "slurmctld", "slurmd", "srun"] {
        if !["/usr/bin", "/usr/sbin"].iter().any(|directory| Path::new(directory).join(program).exists()) {
            return Err(format!("there is no `{program}`: apt-get install munge slurm-client slurmctld slurmd"));
        }
    }
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("slurm-{}", std::process::id()));
    std::fs::create_dir_all(&directory).map_err(text)?;
    let directory = directory.display().to_string();
    let reserved = (0..4).map(|_| reserved_port()).collect::<std::io::Result<Vec<_>>>().map_err(text)?;
    let (_ports, numbers): (Vec<_>, Vec<_>) = reserved.into_iter().unzip();
    std::fs::write(format!("{directory}/slurm.conf"), configuration(&directory, &numbers)).map_err(text)?;
    let mut engine = Command::new("unshare")
        .args(["--pid", "--fork", "--kill-child", "--mount-proc", "--uts", "sh", "-c", ENGINE, "sh", &directory])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(text)?;
    let mut job = String::new();
    let output = engine.stdout.take().expect("it is piped");
    BufReader::new(output).read_line(&mut job).map_err(text)?;
    match job.trim() {
        "" => Err(format!("it granted no allocation; see {directory}")),
        job => {
            Ok(Slurm { _engine: engine, _ports, configuration: format!("{directory}/slurm.conf"), job: job.to_owned() })
        }
    }
}

/// A port that a daemon may listen at, and nobody else gets.
fn reserved_port() -> std::io::Result<(TcpSocket, u16)> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let port = socket.local_addr()?.port();
    Ok((socket, port))
}

fn configuration(directory: &str, ports: &[u16]) -> String {
    let nodes = HOSTS
        .iter()
        .zip(&ports[1..])
        .map(|(host, port)| format!("NodeName={host} NodeHostname=localhost NodeAddr=127.0.0.1 Port={port} CPUs=64\n"));
    format!(
        "ClusterName=tests\nSlurmctldHost=localhost(127.0.0.1)\nSlurmctldPort={}\n\
         CommunicationParameters=NoCtldInAddrAny,NoInAddrAny\n\
         AuthType=auth/munge\nAuthInfo=socket={directory}/munge.sock\nSlurmUser=root\n\
         StateSaveLocation={directory}/state\nSlurmdSpoolDir={directory}/spool.%n\n\
         SlurmctldPidFile={directory}/slurmctld.pid\nSlurmdPidFile={directory}/slurmd.%n.pid\n\
         SlurmctldLogFile={directory}/slurmctld.log\nSlurmdLogFile={directory}/slurmd.%n.log\n\
         ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nMpiDefault=none\n\
         SelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\nSlurmdParameters=config_overrides\nReturnToService=2\n\
         {}PartitionName=tests Nodes=ALL Default=YES OverSubscribe=FORCE:64 MaxTime=INFINITE State=UP\n",
        ports[0],
        nodes.collect::<String>()
    )
}
