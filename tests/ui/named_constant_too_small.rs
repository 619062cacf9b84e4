cluster_runtime::cluster! {
    struct Net<const N: usize>;
    k[N]: ring;
}

const TWO: usize = 2;

cluster_runtime::cluster! {
    struct Pair;
    k[TWO]: ring;
}

fn main() {
    let _ = Net::<3>::create();
    let _ = Pair::create();
}
