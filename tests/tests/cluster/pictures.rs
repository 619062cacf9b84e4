//! Pictures of clusters.

use std::path::{Path, PathBuf};

use cluster_runtime::{Error, Result, cluster};

fn target(file: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(file)
}

#[tokio::test]
async fn a_picture_shows_the_links_that_are_missing() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    let path = target("pictures/missing.svg");
    net.draw(&path).await?;
    let whole = std::fs::read_to_string(&path)?;
    assert!(whole.contains("declared, missing: 0"), "{whole}");

    net.k[3].kill().await?;
    net.wait_until(|observed| observed.links().len() == 3).await?;
    net.draw(&path).await?;
    let broken = std::fs::read_to_string(&path)?;
    assert!(broken.contains("<title>k.1 - k.4: missing</title>"), "{broken}");
    assert!(broken.contains("declared, missing: 3"), "{broken}");
    net.stop().await
}

#[tokio::test]
async fn a_picture_that_cannot_be_written_is_an_error_with_its_path() -> Result {
    let net = cluster! { a; b: connect(a) }.start().await?;
    let directory = target("pictures/directory.svg");
    std::fs::create_dir_all(&directory)?;
    let error = net.draw(&directory).await.expect_err("it is a directory");
    assert!(matches!(error, Error::Io(_)) && error.to_string().contains("directory.svg"), "{error}");
    net.stop().await
}
