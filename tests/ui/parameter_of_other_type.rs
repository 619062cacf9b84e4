fn main() {
    let (columns, probability) = ("three", "often");
    let _ = cluster_runtime::cluster! {
        k[9]: grid(columns);
        connect(k[0], k[8]);
        j[9]: gnp(probability);
    };
}
