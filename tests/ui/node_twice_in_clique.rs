fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b;
        clique(a, b, a);
    };
}
