fn main() {
    let _ = cluster_runtime::cluster! {
        hub;
        east {};
    };
}
