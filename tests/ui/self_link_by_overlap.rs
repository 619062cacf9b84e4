fn main() {
    let _ = cluster_runtime::cluster! {
        k[4];
        connect(k[0..2], k[1]);
    };
}
