//! Where the nodes and links of a topology are drawn: the geometry of a picture, without its looks.

// Each module uses only those above it:
// - `geometry`, `picture`: points, and a picture as a value; `subject`: the names and links that are drawn;
// - `outline`, `crowd`: the groups and clusters of the names, and which of them are one symbol;
// - `form`, `stress`, `arrange`: the shapes of graphs, and places for their vertices;
// - `block`, `compose`, `fan`: the sets of an outline as blocks within blocks, and what is around a hub;
// - `scene`, `route`: symbols and frames at their places, and links between them; `lay_out`: all of it.

mod arrange;
mod block;
mod compose;
mod crowd;
mod fan;
mod form;
mod geometry;
mod lay_out;
mod outline;
mod picture;
mod route;
mod scene;
mod stress;
mod subject;

pub use geometry::Point;
pub(crate) use geometry::along;
pub use picture::{Frame, Layout, LinkState, Route, Symbol};
