use super::outline::{Outline, outline};
use super::picture::Layout;
use super::scene::Scene;
use super::subject::Subject;
use super::{compose, crowd, fan, route};
use crate::topology::Topology;

impl Topology {
    /// Where its nodes and links are in a picture; [`to_svg`](Topology::to_svg) draws it.
    pub fn layout(&self) -> Layout {
        lay_out(Subject::one(self))
    }

    /// Where its nodes and links and those of an observed topology are in a picture;
    /// [`to_svg_with`](Topology::to_svg_with) draws it. Nodes are the same if they have the same name. The geometry is that
    /// of this topology; nodes that only the observed one has come after its own.
    ///
    /// ```
    /// use cluster_topology::{LinkState, Topology};
    ///
    /// let mut declared = Topology::new(["a", "b"]);
    /// declared.link(0, 1)?;
    /// let observed = Topology::new(["a", "b"]);
    /// assert_eq!(declared.layout_with(&observed).routes[0].state, LinkState::Missing);
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn layout_with(&self, observed: &Topology) -> Layout {
        lay_out(Subject::two(self, observed))
    }
}

/// The geometry is that of the declared links; the undeclared ones are drawn into it.
fn lay_out(subject: Subject) -> Layout {
    let names: Vec<&str> = subject.names.iter().map(String::as_str).collect();
    let root = crowd::crowded(outline(&names), names.len(), &subject.all());
    let outline = Outline::new(root, names.len(), &subject.declared());
    let mut block = compose::compose(&outline, &names);
    fan::turn(&mut block, &outline);
    let mut scene = Scene::of(&block, &names);
    let mut routes = route::routes(&scene, &subject);
    let (width, height) = scene.fit(&mut routes);
    Layout { width, height, names: subject.names, frames: scene.frames, symbols: scene.symbols, routes }
}
