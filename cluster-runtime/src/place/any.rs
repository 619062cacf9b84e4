use std::sync::Arc;

use super::{Local, Place};

/// Any place.
#[derive(Clone, Debug)]
pub struct AnyPlace(Arc<dyn Place>);

impl AnyPlace {
    pub(crate) fn into_inner(self) -> Arc<dyn Place> {
        self.0
    }
}

impl From<Local> for AnyPlace {
    fn from(place: Local) -> Self {
        Self(Arc::new(place))
    }
}
