fn main() {
    let _ = cluster_runtime::cluster! {
        region: { a; b };
    };
}
