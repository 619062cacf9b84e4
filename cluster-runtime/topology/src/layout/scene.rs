//! Symbols and frames at their places.

use std::collections::HashMap;

use super::block::{Block, Content};
use super::geometry::{Bounds, Point, along};
use super::picture::{Frame, Route, Symbol};

/// The space around what is in a frame, and above it for the label.
const SIDE: f64 = 14.0;
const TOP: f64 = 28.0;
/// The space around the picture.
const MARGIN: f64 = 12.0;
/// The width of a character of the label of a frame.
const CHARACTER: f64 = 7.3;

pub(super) struct Scene {
    pub(super) symbols: Vec<Symbol>,
    pub(super) frames: Vec<Frame>,
}

impl Scene {
    pub(super) fn of(root: &Block, names: &[&str]) -> Scene {
        let mut scene = Scene { symbols: Vec::new(), frames: Vec::new() };
        scene.add(root, Point::ZERO);
        // As the nodes were declared.
        scene.symbols.sort_by_key(|symbol| symbol.nodes.first().copied());
        // The outer ones first: they are drawn below the inner ones.
        scene.frames.reverse();
        let mut declarations = HashMap::new();
        for symbol in &mut scene.symbols {
            let name = symbol.nodes.first().map_or("", |node| names[*node]);
            let next = declarations.len();
            symbol.declaration = *declarations.entry(declaration(name)).or_insert(next);
        }
        scene
    }

    fn add(&mut self, block: &Block, around: Point) -> Bounds {
        let at = around + block.at;
        match &block.content {
            Content::Symbol(seed) => {
                self.symbols.push(Symbol {
                    name: seed.name.clone(),
                    label: seed.label.clone(),
                    declaration: 0,
                    nodes: seed.nodes.clone(),
                    shape: seed.shape,
                    center: at,
                    width: block.half.x * 2.0,
                    height: block.half.y * 2.0,
                });
                Bounds::around(at, block.half)
            }
            Content::Blocks { blocks, frame, .. } => {
                let bounds = blocks.iter().fold(Bounds::NONE, |all, block| all.and(self.add(block, at)));
                let Some((name, label)) = frame else { return bounds };
                let middle = (bounds.low.x + bounds.high.x) / 2.0;
                let half = (label.chars().count() as f64 * CHARACTER / 2.0).max(bounds.size().x / 2.0) + SIDE;
                let corner = Point::new(middle - half, bounds.low.y - TOP);
                let size = Point::new(half * 2.0, bounds.size().y + TOP + SIDE);
                self.frames.push(Frame {
                    name: name.clone(),
                    label: label.clone(),
                    corner,
                    width: size.x,
                    height: size.y,
                });
                Bounds { low: corner, high: corner + size }
            }
        }
    }

    /// Moves all to the upper left corner, and returns the size.
    pub(super) fn fit(&mut self, routes: &mut [Route]) -> (f64, f64) {
        let symbols = self.symbols.iter().map(bounds);
        let frames = self
            .frames
            .iter()
            .map(|frame| Bounds { low: frame.corner, high: frame.corner + Point::new(frame.width, frame.height) });
        let points = routes.iter().flat_map(|route| {
            (0..=16).map(|step| Bounds::around(along(&route.path, f64::from(step) / 16.0), Point::ZERO))
        });
        let all = symbols.chain(frames).chain(points).reduce(Bounds::and);
        let all = all.unwrap_or(Bounds { low: Point::ZERO, high: Point::ZERO });
        let shift = Point::new(MARGIN, MARGIN) - all.low;
        let points = routes.iter_mut().flat_map(|route| &mut route.path);
        points.for_each(|point| *point = *point + shift);
        for symbol in &mut self.symbols {
            symbol.center = symbol.center + shift;
        }
        for frame in &mut self.frames {
            frame.corner = frame.corner + shift;
        }
        let size = all.size();
        (size.x + 2.0 * MARGIN, size.y + 2.0 * MARGIN)
    }
}

pub(super) fn bounds(symbol: &Symbol) -> Bounds {
    Bounds::around(symbol.center, Point::new(symbol.width / 2.0, symbol.height / 2.0))
}

/// A name without its numbers.
fn declaration(name: &str) -> String {
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    name.split('.').filter(|part| !is_number(part)).collect::<Vec<_>>().join(".")
}
