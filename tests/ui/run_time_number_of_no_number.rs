fn main() {
    let (count, index, range) = ("three", "two", 1.0..2.0);
    let _ = cluster_runtime::cluster! {
        a;
        b[dyn count];
        c[dyn 3];
        connect(a, c[index]);
        connect(a, b[range]);
        d[3];
        connect(a, d[index]);
    };
}
