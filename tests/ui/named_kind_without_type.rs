use cluster_runtime::{Loopback, cluster};

cluster! {
    pub struct Followers(kind: Loopback);
    use kind.clone();
    boot;
    peers[3]: ring + star(boot);
}

fn main() {
    let net = Followers::create(Loopback::new());
    let _ = (&net.boot, &net.peers[2]);
}
