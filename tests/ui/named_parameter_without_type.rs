cluster_runtime::cluster! {
    struct Followers(n);
    peers[dyn n]: ring;
}

fn main() {}
