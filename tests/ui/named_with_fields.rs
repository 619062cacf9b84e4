cluster_runtime::cluster! {
    struct Followers { n: usize }
    peers[dyn n]: ring;
}

fn main() {}
