//! criterion: how long a network takes from its start to its last connection, and to its stop.

use cluster_runtime::{Result, cluster};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

fn start_and_stop(criterion: &mut Criterion) {
    let run = |nodes: usize| -> Result {
        let net = cluster! { ring[dyn nodes]: ring }.start().wait_connections(true).blocking()?;
        net.stop().blocking()
    };
    for nodes in [3, 10] {
        criterion.bench_function(&format!("a ring of {nodes}, started and stopped"), |bencher| {
            bencher.iter(|| run(nodes).expect("it starts and stops"));
        });
    }
}

fn publish(criterion: &mut Criterion) {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).blocking().expect("it starts");
    criterion.bench_function("a message from a node to its peer", |bencher| {
        bencher.iter_batched(
            || net.mark(),
            |mark| {
                net.a.publish("hello").blocking().expect("it runs");
                net.b.wait_for("message", |_| Some(())).since(mark).blocking().expect("it arrives");
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, start_and_stop, publish);
criterion_main!(benches);
