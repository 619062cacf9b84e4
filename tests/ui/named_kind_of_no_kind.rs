cluster_runtime::cluster! {
    struct Pair(kind: String);
    use kind;
    a;
    b;
    a -> b;
}

fn main() {}
