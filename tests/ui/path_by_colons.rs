fn main() {
    let _ = cluster_runtime::cluster! {
        region { gw };
        a;
        region::gw -> a;
    };
}
