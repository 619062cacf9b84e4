fn main() {
    let _ = cluster_runtime::cluster! {
        region[3] {
            gw;
            n[4];
        }: ring;
        observer: connect(region[3].n[4]);
    };
}
