cluster_runtime::cluster! {
    struct Ring<N: usize>;
    k[N]: ring;
}

fn main() {}
