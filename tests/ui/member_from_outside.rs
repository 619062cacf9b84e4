fn main() {
    let _ = cluster_runtime::cluster! {
        region[3] { gw; n[4]: star(gw) };
        observer: star(gw);
    };
}
