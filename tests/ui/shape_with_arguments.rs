fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        k[4]: ring(a);
    };
}
