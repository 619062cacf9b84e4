//! Pictures of all shapes on one page, and of a network in which something is broken.
//!
//! `cargo run --example gallery`

use std::fmt::Write;
use std::path::Path;

use cluster_runtime::topology::Topology;
use cluster_runtime::{Result, cluster};

/// A declaration, and its picture.
macro_rules! drawn {
    ($($declaration:tt)*) => {
        (stringify!($($declaration)*), cluster! { $($declaration)* }.topology())
    };
}

#[tokio::main]
async fn main() -> Result {
    let networks = [
        drawn! { k[6]: clique },
        drawn! { k[8]: ring },
        drawn! { k[5]: line },
        drawn! { hub; leaves[6]: star(hub) },
        drawn! { a[3]; b[4]: connect(a) },
        drawn! { k[10]: tree(2) },
        drawn! { k[12]: grid(4) },
        drawn! { k[12]: torus(4) },
        drawn! { k[8]: hypercube },
        drawn! { k[16]: hypercube },
        drawn! { k[7]: wheel },
        drawn! { hub; rim[6]: ring + star(hub) },
        drawn! { k[10]: random_regular(3, seed = 7, connected) },
        drawn! { k[16]: gnp(0.2, seed = 7, connected) },
        drawn! { k[20]: small_world(4, 0.1, seed = 7) },
        drawn! { k[16]: scale_free(2, seed = 7) },
        drawn! { k[40]: ring },
        drawn! { a; b; c; a -> b; b -> c; c -> a },
        drawn! { region[3] { gw; n[3]: star(gw) }; clique(region.gw) },
        drawn! { region[4] { k[3]: clique }: ring },
        drawn! { west { db; web[3]: star(db) }; east { db; web[3]: star(db) }; connect(west.db, east.db) },
        drawn! { boot; peers[dyn 9_999]: ring + star(boot) },
    ];
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/gallery");
    std::fs::create_dir_all(&directory)?;
    let page = directory.join("index.html");
    std::fs::write(&page, html(&networks))?;
    println!("{}", page.canonicalize()?.display());

    let net = cluster! { center; leaves[5]: star(center); k[4]: clique; connect(center, k) }
        .start()
        .wait_connections(true)
        .await?;
    net.k[3].kill().await?;
    let picture = directory.join("broken.svg");
    net.draw(&picture).await?;
    println!("{}", picture.canonicalize()?.display());
    net.stop().await
}

fn html(networks: &[(&str, Topology)]) -> String {
    let mut html = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Gallery</title>\n\
         <style>:root { color-scheme: light dark } body { font: 14px sans-serif } figure { display: inline-block; \
         vertical-align: top; margin: 12px; max-width: 95vw }</style>\n<h1>Gallery</h1>\n",
    );
    for (declaration, network) in networks {
        let declaration = declaration.replace('>', "&gt;");
        let svg = network.to_svg();
        write!(html, "<figure>\n<figcaption><code>{declaration}</code></figcaption>\n{svg}</figure>\n")
            .expect("a string takes all");
    }
    html
}
