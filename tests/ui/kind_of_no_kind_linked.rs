use cluster_runtime::cluster;

struct Own;

fn main() {
    let _ = cluster! {
        a = Own;
        k[4]: ring + star(a);
        connect(a, k[0]);
        a -> k[1];
    };
}
