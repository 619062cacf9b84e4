fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b;
        ring(a, b);
    };
}
