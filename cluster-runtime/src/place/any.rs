use std::sync::Arc;

use super::Place;

/// Any place.
#[derive(Clone, Debug)]
pub struct AnyPlace(Arc<dyn Place>);

impl AnyPlace {
    pub(crate) fn into_inner(self) -> Arc<dyn Place> {
        self.0
    }
}

impl<P: Place> From<P> for AnyPlace {
    fn from(place: P) -> Self {
        Self(Arc::new(place))
    }
}
