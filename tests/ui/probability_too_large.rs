fn main() {
    let _ = cluster_runtime::cluster! {
        k[9]: gnp(1.5);
    };
}
