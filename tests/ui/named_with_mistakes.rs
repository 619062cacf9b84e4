cluster_runtime::cluster! {
    struct Followers(n: usize);
    boot;
    peers[n]: ring + star(boat);
    few[2]: ring;
    region[3] { gw; k[4]: star(gv) };
}

fn main() {
    let net = Followers::create(3);
    let _ = (&net.boot, &net.peers[0], &net.few[1], &net.region[2].k[3]);
}
