fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        k[4];
        connect(a, k[4]);
    };
}
