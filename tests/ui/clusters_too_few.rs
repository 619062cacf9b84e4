fn main() {
    let _ = cluster_runtime::cluster! {
        region[2] { gw; n[4]: star(gw) }: ring;
    };
}
