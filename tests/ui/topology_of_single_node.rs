fn main() {
    let _ = cluster_runtime::cluster! {
        a: tree(2);
    };
}
