fn main() {
    let _ = cluster_runtime::cluster! {
        region { gw };
        observer: star(region.);
    };
}
