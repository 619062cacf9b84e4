//! Directories of nodes on another host: in a volume of the run there.

use std::io;

use bollard::models::{Mount, MountTypeEnum, MountVolumeOptions};
use cluster_runtime::place::{BoxFuture, Shell};

use crate::bodies::{RUN, labels};
use crate::engine::Engine;
use crate::exec;

/// Where containers have the volume.
pub(crate) const AT: &str = "/cluster";

/// The mount of the volume of this name, which the engine makes when it needs it.
pub(crate) fn mount(run: &str, name: &str) -> Mount {
    let options = MountVolumeOptions { labels: Some(labels(RUN, run)), ..MountVolumeOptions::default() };
    Mount {
        source: Some(name.to_owned()),
        target: Some(AT.to_owned()),
        typ: Some(MountTypeEnum::VOLUME),
        volume_options: Some(options),
        ..Mount::default()
    }
}

/// The directory of a node with this name for files.
pub(crate) fn directory_of(node: &str) -> String {
    format!("{AT}/nodes/{node}")
}

/// A container that has the volume, and runs as long as a spot.
#[derive(Clone, Debug)]
pub(crate) struct InVolume {
    pub(crate) engine: Engine,
    pub(crate) container: String,
}

impl Shell for InVolume {
    fn run<'a>(
        &'a self,
        script: &'static str,
        arguments: &'a [&'a str],
        input: &'a [u8],
    ) -> BoxFuture<'a, io::Result<Vec<u8>>> {
        Box::pin(exec::run(&self.engine, &self.container, script, arguments, input))
    }
}
