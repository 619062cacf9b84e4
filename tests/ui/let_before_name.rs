fn main() {
    let _ = cluster_runtime::cluster! {
        let center;
        k[4]: star(center);
    };
}
