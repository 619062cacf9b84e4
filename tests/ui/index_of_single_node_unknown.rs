fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b;
        a[first] -> b;
    };
}
