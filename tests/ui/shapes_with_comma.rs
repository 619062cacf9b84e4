fn main() {
    let _ = cluster_runtime::cluster! {
        hub;
        rim[6]: ring, star(hub);
    };
}
