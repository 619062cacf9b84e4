fn main() {
    let _ = cluster_runtime::cluster! {
        region { gateway; n[4] };
        observer: star(region.gatewy);
    };
}
