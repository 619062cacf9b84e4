fn main() {
    let _ = cluster_runtime::cluster! {
        k[4k]: ring;
    };
}
