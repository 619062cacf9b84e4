use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// What a node is known by among its peers: a key, a digest, or just its name.
///
/// # Examples
/// ```
/// use cluster_runtime::Identity;
/// assert_eq!(Identity::new("id1").as_str(), "id1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(Arc<str>);

impl Identity {
    /// The identity that is written so.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().into())
    }

    /// How it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Identity {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
