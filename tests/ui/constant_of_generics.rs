fn wire<const N: usize>() {
    let _ = cluster_runtime::cluster! { k[N]: clique; };
}

fn main() {
    wire::<4>();
}
