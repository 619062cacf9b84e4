fn main() {
    let _ = cluster_runtime::cluster! {
        east {
            gw;
            gw;
            n[2]: ring;
            k: cliqe;
        };
        west { gw; n[4]: star(gv) };
        connect(east.hub, west);
        star(gw, west.n);
        region[2] { n }: ring;
    };
}
