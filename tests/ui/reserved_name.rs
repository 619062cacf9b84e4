fn main() {
    let _ = cluster_runtime::cluster! {
        __center;
    };
}
