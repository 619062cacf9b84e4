fn main() {
    let _ = cluster_runtime::cluster! {
        hub;
        observer: star(hub.gw);
    };
}
