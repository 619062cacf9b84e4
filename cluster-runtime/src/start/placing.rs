//! The spots of nodes at the place of their cluster.

use std::io;
use std::sync::Arc;

use crate::error::{Error, Refusal, Result};
use crate::handle::AnyNode;
use crate::node::Home;
use crate::place::{Local, Place};

/// Gives a spot to each node that has none. The place is opened for the first of them.
///
/// # Errors
/// When the place cannot be opened, has no room for a node, or a node is at another one.
pub(super) async fn give_spots(home: &Home, nodes: &[AnyNode], place: Option<Arc<dyn Place>>) -> Result {
    let place = place.or_else(|| home.place()).unwrap_or_else(|| Arc::new(Local));
    check_places(nodes, place.name())?;
    let new: Vec<_> = nodes.iter().filter(|node| node.state().place().is_none()).collect();
    if new.is_empty() {
        return Ok(());
    }
    let unable = |error: io::Error| Error::refused(Refusal::NoPlace { place: place.name(), why: error.to_string() });
    let wanted = new.iter().map(|node| node.state().wanted().clone()).collect();
    let spots = home.open(&place).await.map_err(unable)?.admit(wanted).await.map_err(unable)?;
    for (node, spot) in new.into_iter().zip(spots) {
        node.state().put(place.name(), spot);
    }
    Ok(())
}

/// # Errors
/// When a node is at another place.
fn check_places(nodes: &[AnyNode], place: &'static str) -> Result {
    for node in nodes {
        if let Some(at) = node.state().place().filter(|at| *at != place) {
            let node = node.state().name().clone();
            return Err(Error::refused(Refusal::Elsewhere { node, at, place }));
        }
    }
    Ok(())
}
