fn main() {
    let _ = cluster_runtime::cluster! {
        k[1..=3]: ring;
    };
}
