cluster_runtime::cluster! {
    a;
    b: star(a);
}

fn main() {}
