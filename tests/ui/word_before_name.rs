fn main() {
    let _ = cluster_runtime::cluster! {
        node a;
        b: connect(a);
    };
}
