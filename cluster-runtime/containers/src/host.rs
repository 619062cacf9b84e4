//! A host, while a cluster has it.

use std::io;
use std::sync::Arc;

use cluster_runtime::place::Copies;

use crate::engine::Engine;
use crate::image;
use crate::keeper::Keeper;
use crate::sweep::sweep;
use crate::{tools, volume};

/// An engine and what it has of a cluster. When it is dropped, all of that is removed.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) engine: Engine,
    pub(crate) keeper: Arc<Keeper>,
    /// The programs of this machine that were copied there.
    pub(crate) copies: Copies,
}

impl Host {
    /// Starts what keeps the run there, and removes what earlier ones have left. The resources are what the run is to have there,
    /// but for containers.
    ///
    /// # Errors
    /// When the engine cannot.
    pub(crate) async fn open(
        name: String,
        engine: Engine,
        run: &str,
        resources: &[String],
        has_faults: bool,
    ) -> io::Result<Self> {
        image::provide(&engine).await?;
        let (keeper, ()) = tokio::join!(Keeper::start(&engine, run, resources, has_faults), sweep(&engine));
        Ok(Self { name, engine, keeper: keeper?, copies: Copies::new(volume::AT) })
    }

    /// # Errors
    /// When it lacks what another host than this machine needs, with help.
    pub(crate) async fn check(&self, has_faults: bool) -> io::Result<()> {
        let mut needed = [&tools::OF_KEEPER[..], &tools::OF_HOST].concat();
        needed.extend(tools::OF_FAULTS.iter().filter(|_| has_faults));
        let checked = self.keeper.check(&needed).await;
        checked.map_err(|error| io::Error::new(error.kind(), format!("host `{}`: {error}", self.name)))
    }
}
