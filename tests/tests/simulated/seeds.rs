//! A failure that depends on an order is found by seeds, and comes back with its seed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cluster_runtime::kinds::Provide;
use cluster_runtime::net::Stream;
use cluster_runtime::{Error, NodeContext, Result, Service, cluster};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A value, and the number of the write that it is of.
type Register = Arc<Mutex<(u32, u32)>>;

/// Holds a register. A write is numbered by the node that takes it, which sends it to all others. Two nodes that take a write at the
/// same time give it the same number, and the others keep what comes last: the bug.
async fn replica(node: NodeContext, register: Provide<Writer>) -> Result {
    let listener = node.listen()?;
    let (sender, mut writes) = tokio::sync::mpsc::unbounded_channel();
    let value = Register::default();
    register.set(Writer { value: value.clone(), writes: sender });
    node.ready();
    let mut streams: BTreeMap<String, Stream> = BTreeMap::new();
    loop {
        tokio::select! {
            biased;
            () = node.stopped() => return Ok(()),
            accepted = listener.accept() => {
                let (stream, _from) = accepted?;
                node.spawn(take(stream, value.clone()));
            }
            Some(written) = writes.recv() => {
                let number = value.lock().expect("nobody panics").0 + 1;
                *value.lock().expect("nobody panics") = (number, written);
                for peer in node.peers() {
                    if !streams.contains_key(peer.name()) {
                        streams.insert(peer.name().to_owned(), node.connect(&peer).await?);
                    }
                    let stream = streams.get_mut(peer.name()).expect("it was inserted");
                    stream.write_u32(number).await?;
                    stream.write_u32(written).await?;
                }
            }
        }
    }
}

async fn take(mut stream: Stream, value: Register) {
    while let (Ok(number), Ok(written)) = (stream.read_u32().await, stream.read_u32().await) {
        let mut value = value.lock().expect("nobody panics");
        if number >= value.0 {
            *value = (number, written);
        }
    }
}

struct Writer {
    value: Register,
    writes: tokio::sync::mpsc::UnboundedSender<u32>,
}

/// What each replica holds after two clients have written at the same time.
async fn values_after_two_writes(seed: u64) -> Result<Vec<u32>> {
    let net = cluster! { replicas[3] = Service::providing(replica).gated(): clique }.start().simulated(seed).await?;
    for node in 0..2 {
        let written = u32::try_from(node + 10).expect("it is small");
        net.replicas[node].call(async move |writer| writer.writes.send(written).map_err(Error::other)).await?;
    }
    net.sleep(Duration::from_secs(1)).await?;
    let mut values = Vec::new();
    for replica in &net.replicas {
        values.push(replica.call(async |writer| Ok::<_, Error>(writer.value.lock().expect("nobody panics").1)).await?);
    }
    net.stop().await?;
    Ok(values)
}

#[tokio::test]
async fn seeds_find_both_outcomes_of_a_race_and_repeat_each() -> Result {
    let mut seeds_by_outcome: BTreeMap<Vec<u32>, u64> = BTreeMap::new();
    for seed in 0..50 {
        seeds_by_outcome.entry(values_after_two_writes(seed).await?).or_insert(seed);
    }
    assert!(seeds_by_outcome.len() > 1, "all seeds have the same outcome: {seeds_by_outcome:?}");
    for (outcome, seed) in seeds_by_outcome {
        assert_eq!(values_after_two_writes(seed).await?, outcome, "seed {seed} has two outcomes");
    }
    Ok(())
}
