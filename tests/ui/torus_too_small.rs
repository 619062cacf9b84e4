fn main() {
    let _ = cluster_runtime::cluster! {
        k[10]: torus(5);
    };
}
