fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        require(connected);
    };
}
