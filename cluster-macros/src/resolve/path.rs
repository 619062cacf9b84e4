//! Sets: each path to the declarations that it leads through, and what it selects of them.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, RangeLimits};

use super::resolver::Resolver;
use crate::ast::{self, Count};
use crate::code::code;
use crate::errors::HalfWritten;
use crate::literal::{self, Mistake, without_groups};
use crate::messages;
use crate::model::{Part, Select, Set, Step};

impl Resolver<'_> {
    /// All sets, if all are right; the mistakes of each are reported.
    pub fn sets(&mut self, sets: &[ast::Set]) -> Option<Vec<Set>> {
        let sets: Vec<Option<Set>> = sets.iter().map(|set| self.set(set)).collect();
        sets.into_iter().collect()
    }

    pub fn set(&mut self, set: &ast::Set) -> Option<Set> {
        let parts: Vec<Option<Part>> = set.paths.iter().map(|path| self.path(path)).collect();
        let parts: Vec<Part> = parts.into_iter().collect::<Option<_>>().filter(|_| !set.is_broken)?;
        let wrong = parts.iter().filter(|part| self.refuse_index_of_single(part).is_none()).count();
        (wrong == 0).then(|| Set { parts, written: set.written.clone() })
    }

    /// `a[0]` where `a` is no group.
    fn refuse_index_of_single(&mut self, part: &Part) -> Option<()> {
        let is_single = |step: &&Step| matches!(self.model.nodes[step.node].count, Count::One);
        let Some(step) = part.steps.iter().filter(is_single).find(|step| !matches!(step.select, Select::All)) else {
            return Some(());
        };
        let declaration = &self.model.nodes[step.node];
        let message = messages::index_of_single(&code(&step.name), declaration.noun(), &declaration.recounted(4));
        self.errors.refuse(&part.written, message)
    }

    /// Every step of a path. After a mistake in brackets the other steps are still checked.
    fn path(&mut self, path: &ast::Path) -> Option<Part> {
        let selects: Vec<Option<Select>> = path.steps.iter().map(|step| self.select(step.selector.as_ref())).collect();
        self.refuse_prefix(path)?;
        let mut steps: Vec<Step> = Vec::with_capacity(path.steps.len());
        for ast::Step { name, selector } in &path.steps {
            let node = match steps.last() {
                None => self.node(name)?,
                Some(before) => self.member(name, before.node)?,
            };
            let written = selector.to_token_stream();
            steps.push(Step { node, name: name.clone(), select: Select::All, written });
        }
        for (step, select) in steps.iter_mut().zip(selects) {
            step.select = select?;
        }
        if path.ends_in_dot {
            let cluster = steps.last().map(|step| step.node);
            self.errors.half_written(HalfWritten::Member(cluster, HalfWritten::nothing()));
        }
        Some(Part { steps, written: path.written.clone() })
    }

    /// `net.a`, or the `region.gw` of that region's own braces.
    fn refuse_prefix(&mut self, path: &ast::Path) -> Option<()> {
        let [first, rest @ ..] = path.steps.as_slice() else { return Some(()) };
        let name = |step: &ast::Step| step.name.unraw().to_string();
        let found = self.find(&name(first));
        let is_around = found.is_none() || self.scopes().any(|cluster| cluster == found && found.is_some());
        if !is_around || rest.first().and_then(|member| self.find(&name(member))).is_none() {
            return Some(());
        }
        let rest: Vec<String> = rest.iter().map(ast::Step::text).collect();
        self.errors.refuse(&path.written, messages::needless_prefix(&code(&first.name), &rest.join(".")))
    }

    /// All nodes of a declaration.
    pub fn all_nodes(&self, node: usize) -> Set {
        let name = self.model.nodes[node].name.clone();
        let written = name.to_token_stream();
        let step = Step { node, name, select: Select::All, written: TokenStream::new() };
        Set { parts: vec![Part { steps: vec![step], written: written.clone() }], written }
    }

    fn node(&mut self, name: &Ident) -> Option<usize> {
        let text = name.unraw().to_string();
        let Some(node) = self.find(&text) else {
            self.errors.half_written(HalfWritten::Member(self.scope, name.clone()));
            let message = self.unknown_name(name, &text);
            return self.errors.refuse(name, message);
        };
        if self.scopes().any(|cluster| cluster == Some(node)) {
            return self.errors.refuse(name, messages::cluster_in_itself(&code(name)));
        }
        Some(node)
    }

    fn unknown_name(&mut self, name: &Ident, text: &str) -> String {
        let scopes: Vec<Option<usize>> = self.scopes().collect();
        let known = scopes.into_iter().flat_map(|scope| self.model.members(scope)).collect();
        let (nearest, few) = self.nearest(text, known);
        match (nearest, self.anywhere.get(text)) {
            (None, Some(node)) => messages::member_from_outside(&code(name), &self.model.path(*node)),
            (nearest, _) => messages::unknown_name(&code(name), nearest.as_deref(), &few),
        }
    }

    /// The declaration of this name in a cluster.
    fn member(&mut self, name: &Ident, cluster: usize) -> Option<usize> {
        let text = name.unraw().to_string();
        if let Some(member) = self.names.get(&(Some(cluster), text.clone())) {
            return Some(*member);
        }
        let path = self.model.path(cluster);
        if !self.model.nodes[cluster].is_cluster {
            return self.errors.refuse(name, messages::member_of_node(&code(name), &path));
        }
        self.errors.half_written(HalfWritten::Member(Some(cluster), name.clone()));
        let (nearest, few) = self.nearest(&text, self.model.members(Some(cluster)).collect());
        self.errors.refuse(name, messages::unknown_member(&code(name), &path, nearest.as_deref(), &few))
    }

    /// `None` where a mistake was reported.
    fn select(&mut self, selector: Option<&Expr>) -> Option<Select> {
        let Some(selector) = selector.map(without_groups) else { return Some(Select::All) };
        let Expr::Range(range) = selector else {
            return Some(match self.index(selector)? {
                Some(index) => Select::Index(index),
                None => Select::RunTimeIndex(self.evaluate(selector)),
            });
        };
        let from = range.start.as_ref().map_or(Some(Some(0)), |start| self.index(start))?;
        let past_the_end = u64::from(matches!(range.limits, RangeLimits::Closed(_)));
        let to = match &range.end {
            Some(end) => self.index(end)?.map(|end| Some(end.saturating_add(past_the_end))),
            None => Some(None),
        };
        match from.zip(to) {
            Some((from, Some(to))) if to <= from => self.errors.refuse(range, messages::empty_range()),
            Some((from, to)) => Some(Select::Range { from, to }),
            None => Some(Select::RunTimeRange(self.evaluate(selector))),
        }
    }

    /// The literal, if it is one. Outside `None` where a mistake was reported.
    fn index(&mut self, index: &Expr) -> Option<Option<u64>> {
        literal::whole(index)
            .map_err(|mistake| {
                let message = match mistake {
                    Mistake::Negative(_) => messages::negative_index(),
                    mistake => messages::no_whole_number(mistake, "an index", &code(index)),
                };
                self.errors.report(index, message);
            })
            .ok()
    }
}
