use std::env::{self, VarError};
use std::sync::Arc;

use super::{Local, Place};

/// The environment variable that says where clusters run whose starts do not.
pub(crate) const PLACE_VARIABLE: &str = "CLUSTER_PLACE";

/// What is said of containers, which this package does not know.
const OF_ANOTHER_PACKAGE: &str = "containers are a place of the package `cluster-containers`, which a start names: `.start().on(Containers::docker())`";

/// The place from the environment.
///
/// # Errors
/// When there is no such place.
pub(crate) fn from_environment() -> Result<Option<Arc<dyn Place>>, String> {
    match env::var(PLACE_VARIABLE) {
        Err(VarError::NotPresent) => Ok(None),
        Err(error) => Err(error.to_string()),
        Ok(name) => match &*name {
            "" | "local" => Ok(Some(Arc::new(Local))),
            #[cfg(all(feature = "namespaces", target_os = "linux"))]
            "namespaces" => Ok(Some(Arc::new(super::Namespaces::new()))),
            #[cfg(not(all(feature = "namespaces", target_os = "linux")))]
            "namespaces" => Err("this test is built without the feature `namespaces`, or not for Linux".to_owned()),
            "containers" => Err(OF_ANOTHER_PACKAGE.to_owned()),
            _ => Err(format!("expected `local` or `namespaces`, found `{name}`")),
        },
    }
}
