fn main() {
    let _ = cluster_runtime::cluster! {
        let n = 3;
        a;
    };
}
