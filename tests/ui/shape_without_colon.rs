fn main() {
    let _ = cluster_runtime::cluster! {
        center;
        k[4] star(center);
    };
}
