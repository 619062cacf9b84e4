//! Rectangles within rectangles.

use super::geometry::{Half, Point};

/// What is drawn together, at a place in the block around it.
pub(super) struct Block {
    pub(super) at: Point,
    pub(super) half: Half,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// A node, or several that are drawn as one.
    Symbol(Seed),
    Blocks {
        blocks: Vec<Block>,
        /// The name and the label of a frame around them.
        frame: Option<(String, String)>,
        /// Whether the first block is a hub, around which the others may be turned.
        is_fan: bool,
    },
}

/// A symbol that has no place yet.
pub(super) struct Seed {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) shape: &'static str,
    pub(super) nodes: Vec<usize>,
}

impl Block {
    pub(super) fn new(half: Half, content: Content) -> Block {
        Block { at: Point::ZERO, half, content }
    }

    /// The nodes in it.
    pub(super) fn nodes(&self) -> Vec<usize> {
        match &self.content {
            Content::Symbol(seed) => seed.nodes.clone(),
            Content::Blocks { blocks, .. } => blocks.iter().flat_map(Block::nodes).collect(),
        }
    }
}
