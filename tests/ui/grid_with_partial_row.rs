fn main() {
    let _ = cluster_runtime::cluster! {
        k[10];
        grid(k, columns = 4);
    };
}
