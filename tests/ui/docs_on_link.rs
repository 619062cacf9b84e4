fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b;
        /// Both.
        connect(a, b);
    };
}
