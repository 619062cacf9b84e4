const NONE: usize = 0;
const TWO: usize = 2;
const MANY: usize = 5_000;

fn main() {
    let _ = cluster_runtime::cluster! {
        a[NONE];
        b[TWO]: ring;
        c[2 * MANY];
        d[TWO];
        hub;
        connect(hub, d[2]);
        connect(hub, d[1..3]);
        e[3]: star(d);
    };
}
