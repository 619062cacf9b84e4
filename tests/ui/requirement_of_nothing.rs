fn main() {
    let _ = cluster_runtime::cluster! {
        a;
        require 3 >= diameter;
    };
}
