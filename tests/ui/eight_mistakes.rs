fn main() {
    let _ = cluster_runtime::cluster! {
        centre;
        leaves[0]: star(center);
        k[2]: ring;
        k;
        x: cliqe;
        y[4];
        connect(x);
        x <-> y;
        connect(y[4], x);
    };
}
