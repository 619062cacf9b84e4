const N: usize = 6;

fn main() {
    let _ = cluster_runtime::cluster! {
        k[N]: ring;
        require diameter <= 2;
        require degree(k) == 2;
    };
    let _ = cluster_runtime::cluster! {
        k[N]: clique;
        require diameter == 1;
        require degree(k) > 5;
    };
    let _ = cluster_runtime::cluster! {
        hub;
        k[N]: star(hub);
        require diameter < 2;
    };
    let _ = cluster_runtime::cluster! {
        k[N]: line;
        require diameter == 5;
    };
}
