fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b;
        c;
        connect(a, b, c);
    };
}
