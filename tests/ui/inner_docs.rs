fn main() {
    let _ = cluster_runtime::cluster! {
        //! A pair.
        a;
        b: connect(a);
    };
}
