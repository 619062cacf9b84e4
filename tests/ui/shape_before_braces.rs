fn main() {
    let _ = cluster_runtime::cluster! {
        region[3]: ring { gw };
    };
}
