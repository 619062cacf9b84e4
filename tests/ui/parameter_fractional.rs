fn main() {
    let _ = cluster_runtime::cluster! {
        k[9]: grid(2.5);
    };
}
