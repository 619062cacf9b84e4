fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        require diameter <= 2 <= 3;
    };
}
