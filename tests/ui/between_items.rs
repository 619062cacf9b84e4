cluster_runtime::cluster! {
    center;
    leaves[5]: star(center);
}

fn main() {}
