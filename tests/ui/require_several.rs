fn main() {
    let _ = cluster_runtime::cluster! {
        k[9]: line;
        require diameter < 8;
        require degree(k) == 2;
        require survives(1);
    };
}
