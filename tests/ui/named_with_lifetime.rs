use cluster_runtime::{Kind, cluster};

cluster! {
    struct Net<'a, K: Kind>(kind: &'a K);
    use kind;
    a;
}

fn main() {}
