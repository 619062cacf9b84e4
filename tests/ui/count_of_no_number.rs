const HALVES: f64 = 2.5;

fn main() {
    let _ = cluster_runtime::cluster! {
        k[HALVES]: ring;
    };
}
