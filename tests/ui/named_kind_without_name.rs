use cluster_runtime::{Kind, cluster};

cluster! {
    struct Net(kind: impl Kind);
    use kind;
    a;
}

fn main() {}
