use std::sync::Arc;

use super::{Probe, Ready, Sign};

impl Ready {
    /// It is ready when it has created this file in its directory, whatever is in it by then: a program that writes into it does so
    /// under another name, and renames it. A file of an earlier run is removed before.
    pub fn file(name: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        Self::when(Sign::File(name.into()), format!("the file `{name}` is not there"))
    }
}

pub(super) fn probe(file: Arc<str>) -> Probe {
    Arc::new(move |node| {
        let file = file.clone();
        Box::pin(async move { if node.exists(&file).await { Ok(()) } else { Err("not yet".to_owned()) } })
    })
}
