fn main() {
    let _ = cluster_runtime::cluster! {
        region[3] { gw; n[4] };
        connect(region[0], region.gw);
    };
}
