fn main() {
    let _ = cluster_runtime::cluster! {
        clique(4);
    };
}
