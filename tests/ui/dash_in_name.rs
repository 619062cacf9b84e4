fn main() {
    let _ = cluster_runtime::cluster! {
        leaf-node;
    };
}
