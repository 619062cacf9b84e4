cluster_runtime::cluster! {
    #[derive(Debug, Clone)]
    struct Followers(n: usize);
    peers[dyn n]: ring;
}

fn main() {
    let _ = Followers::create(3);
}
