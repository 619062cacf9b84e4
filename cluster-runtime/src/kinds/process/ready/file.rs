use super::{Ready, Sign};
use crate::kinds::process::ProcessContext;

impl Ready {
    /// It is ready when it has put this file into its directory. One that an earlier run has left is removed before.
    pub fn file(name: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        Self { expected: format!("the file `{name}` is not there"), sign: Sign::File(name.into()) }
    }
}

pub(super) async fn is_there(node: &ProcessContext, file: &str) -> Result<(), String> {
    if node.exists(file).await { Ok(()) } else { Err("not yet".to_owned()) }
}
