fn main() {
    let _ = cluster_runtime::cluster! {
        #[cfg(unix)]
        a;
    };
}
