fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b;
        connect(net.a, b);
    };
}
