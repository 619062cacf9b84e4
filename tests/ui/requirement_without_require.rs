fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        diameter <= 3;
    };
}
