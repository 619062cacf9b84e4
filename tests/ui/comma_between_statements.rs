fn main() {
    let _ = cluster_runtime::cluster! {
        a, b, c;
        clique(a, b, c);
    };
}
