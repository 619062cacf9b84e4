fn main() {
    let _ = cluster_runtime::cluster! {
        type;
        k[4]: star(r#type);
    };
}
