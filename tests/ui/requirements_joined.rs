fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b;
        connect(a, b);
        require connected and diameter <= 3;
    };
}
