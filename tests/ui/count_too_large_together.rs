fn main() {
    let _ = cluster_runtime::cluster! {
        a[4000];
        b[96];
        c[1];
    };
}
