fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        b[4] = String::from("loopback"): ring;
        c = 3_u8.pow(2);
        connect(a, b);
    };
}
