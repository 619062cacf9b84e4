fn main() {
    let _ = cluster_runtime::cluster! {
        hub;
        region[3] {
            n[4]: star(hub);
            require connected;
        };
    };
}
