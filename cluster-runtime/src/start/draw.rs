use std::io;
use std::path::Path;

use super::cluster::Cluster;
use crate::place;
use crate::wait::Wait;

impl Cluster {
    /// Draws its network to a file, in SVG: the links that are declared and those that are up, as
    /// [`Topology::to_svg_with`](crate::topology::Topology::to_svg_with) shows them. The directory is created if it is not
    /// there. To draw a network that does not run, write `topology().to_svg()` to a file.
    ///
    /// # Errors
    /// Those of [`observed`](Cluster::observed), and when the file cannot be written.
    ///
    /// # Examples
    /// ```
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    /// net.k[3].kill().await?;
    /// # let path = std::env::temp_dir().join(format!("cluster-{}.svg", std::process::id()));
    /// # /*
    /// net.draw("target/network.svg").await?; // the links of `k.4` are dashed
    /// # */
    /// # net.draw(&path).await?;
    /// # std::fs::remove_file(path)?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn draw(&self, path: impl AsRef<Path>) -> Wait<'static, ()> {
        let (declared, observed) = (self.topology(), self.observed());
        let path = path.as_ref().to_owned();
        Wait::of(self.home().watch(|| "the picture of the network".to_owned()), move |deadline| async move {
            let svg = declared.to_svg_with(&observed.until(deadline).await?);
            place::write_file(&path, svg.as_bytes()).map_err(|error| {
                let text = format!("the picture {} was not written: {error}", path.display());
                io::Error::new(error.kind(), text).into()
            })
        })
    }
}
