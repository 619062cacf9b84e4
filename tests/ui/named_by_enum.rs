cluster_runtime::cluster! {
    enum Net(n: usize);
    peers[dyn n]: ring;
}

fn main() {
    let _ = Net::create(3);
}
