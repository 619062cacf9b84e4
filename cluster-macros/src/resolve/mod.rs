//! Names to declarations, shapes to links.

mod argument;
mod count;
mod kind;

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Expr, Ident, RangeLimits};

use crate::ast;
use crate::code::code;
use crate::errors::{Errors, HalfWritten};
use crate::literal::{self, without_groups};
use crate::messages;
use crate::model::{Declaration, Known, Link, Model, Part, Requirement, RunTimeValue, Select, Set, Step};
use crate::pattern::{Pattern, Position};
use crate::suggest::nearest;

/// So many names are listed where another is meant.
const FEW: usize = 6;

/// Further names that are misspelt are told without what was meant, so that many of them take no time.
const MOST_COMPARISONS: usize = 20_000;

/// Resolves every name. A link with a mistake is reported and left out; a declaration never is.
pub fn resolve(input: ast::Input, errors: &mut Errors) -> Model {
    let ast::Input { head, cluster } = input;
    let mut resolver = Resolver {
        names: HashMap::new(),
        anywhere: HashMap::new(),
        comparisons: MOST_COMPARISONS,
        linked: HashSet::new(),
        scope: None,
        model: Model { head, ..Model::default() },
        errors,
    };
    resolver.model.kind = cluster.kind.as_ref().and_then(|default| resolver.kind(default.kind.as_ref()?));
    // All names first, as the order of statements does not matter.
    resolver.declare(&cluster.statements, None);
    resolver.link(&cluster.statements, None);
    resolver.model
}

struct Resolver<'e> {
    /// By the cluster that they are in.
    names: HashMap<(Option<usize>, String), usize>,
    /// The first declaration of a name, in whatever cluster.
    anywhere: HashMap<String, usize>,
    /// How many names may still be compared with misspelt ones.
    comparisons: usize,
    /// Declarations whose shapes are links. A second one of the same name is only checked.
    linked: HashSet<usize>,
    /// The cluster whose statements are linked.
    scope: Option<usize>,
    model: Model,
    errors: &'e mut Errors,
}

impl Resolver<'_> {
    fn declare(&mut self, statements: &[ast::Statement], parent: Option<usize>) {
        let declarations = || {
            statements.iter().filter_map(|statement| match statement {
                ast::Statement::Declaration(declaration) => Some(&**declaration),
                _ => None,
            })
        };
        // A mistake that is reported is none of a second declaration.
        let is_broken =
            |declaration: &&ast::Declaration| declaration.is_broken || matches!(declaration.count, ast::Count::Unknown);
        let sound = declarations().filter(|declaration| !is_broken(declaration));
        for declaration in sound.chain(declarations().filter(is_broken)) {
            let ast::Declaration { docs, name, count, body, kind, .. } = declaration;
            let text = name.unraw().to_string();
            if text.starts_with("__") {
                self.errors.report(name, messages::reserved_name(&text));
            }
            if is_broken(&declaration) && self.names.contains_key(&(parent, text.clone())) {
                continue;
            }
            let count = self.count(count, &text);
            if let Some(first) = self.names.get(&(parent, text.clone())) {
                self.repeated(declaration, &text, *first, parent);
                continue;
            }
            let kind = match body {
                Some(body) => body.kind.as_ref().and_then(|default| default.kind.as_ref()),
                None => kind.as_ref(),
            };
            let kind = kind.and_then(|kind| self.kind(kind));
            let node = self.model.nodes.len();
            self.model.members.entry(parent).or_default().push(node);
            self.anywhere.entry(text.clone()).or_insert(node);
            self.names.insert((parent, text), node);
            let (docs, rest, name, is_cluster) = (docs.clone(), declaration.rest(), name.clone(), body.is_some());
            self.model.nodes.push(Declaration { docs, name, count, kind, rest, is_cluster, parent });
            if let Some(body) = body {
                self.declare(&body.statements, Some(node));
            }
        }
    }

    /// A second declaration of a name: `a: b` may stand for a link, and `k: ring; k: star(a)` for `k: ring + star(a)`.
    fn repeated(&mut self, declaration: &ast::Declaration, text: &str, first: usize, parent: Option<usize>) {
        let ast::Declaration { name, count, kind, shapes, body, .. } = declaration;
        let first = &self.model.nodes[first];
        if let Some(other) = self.other_side(declaration, parent) {
            let help = messages::foreign_arrow(":", &format!("connect({}, {})", code(name), code(other)));
            return self.errors.report(quote!(#name: #other), help);
        }
        let shapes: Vec<String> = shapes.iter().map(|shape| code(&shape.written)).collect();
        let is_only_shapes = matches!(count, ast::Count::One) && kind.is_none() && body.is_none();
        let again = match is_only_shapes && !shapes.is_empty() {
            true => {
                let joint = if first.rest.contains(": ") { " +" } else { ":" };
                messages::second_shapes(text, &format!("{}{joint} {}", first.written(), shapes.join(" + ")))
            }
            false => messages::duplicate_name(text),
        };
        self.errors.report_both(name, &again, &first.name, &messages::first_declaration(text));
    }

    /// The `b` of `a: b`, if it is a node and no shape.
    fn other_side<'d>(&self, declaration: &'d ast::Declaration, parent: Option<usize>) -> Option<&'d TokenStream> {
        let [ast::Call { written, .. }] = declaration.shapes.as_slice() else { return None };
        let name = syn::parse2::<Ident>(written.clone()).ok()?;
        let is_node = self.names.contains_key(&(parent, name.unraw().to_string()));
        (is_node && Pattern::named(&name.to_string()).is_none()).then_some(written)
    }

    /// Links in the order in which they are written.
    fn link(&mut self, statements: &[ast::Statement], scope: Option<usize>) {
        let outer = std::mem::replace(&mut self.scope, scope);
        for statement in statements {
            match statement {
                ast::Statement::Declaration(declaration) => self.shapes(declaration),
                ast::Statement::Call(call) => self.add(|resolver| resolver.call(call, None)),
                ast::Statement::Arrow(call) => self.add(|resolver| resolver.arrow(call)),
                ast::Statement::Alone(set) => self.complete(set),
                ast::Statement::Requirement(requirement) => {
                    let requirement = self.attempt(|resolver| resolver.requirement(requirement));
                    self.model.requirements.extend(requirement);
                }
            }
        }
        self.scope = outer;
    }

    /// Resolves a set without an arrow, which is reported, for the names that are half written in it.
    fn complete(&mut self, set: &ast::Set) {
        let before = std::mem::take(self.errors);
        let _ = self.set(set);
        let (_, half_written) = std::mem::replace(self.errors, before).into_parts();
        half_written.into_iter().for_each(|name| self.errors.half_written(name));
    }

    /// Adds a link, unless it is refused.
    fn add(&mut self, resolve: impl FnOnce(&mut Self) -> Option<Link>) {
        let link = self.attempt(resolve);
        self.model.links.extend(link);
    }

    /// The run-time values of what is refused are not evaluated.
    fn attempt<T>(&mut self, resolve: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let values = self.model.values.len();
        let resolved = resolve(self);
        if resolved.is_none() {
            self.model.values.truncate(values);
        }
        resolved
    }

    /// The shapes of a declaration, and the links in its braces.
    fn shapes(&mut self, declaration: &ast::Declaration) {
        if declaration.is_broken {
            return;
        }
        // What is in the braces of a second declaration of a name is not declared.
        let name = declaration.name.unraw().to_string();
        let Some(node) = self.names.get(&(self.scope, name)).copied() else { return };
        let is_first = self.linked.insert(node);
        if !is_first && self.other_side(declaration, self.scope).is_some() {
            return;
        }
        for call in &declaration.shapes {
            self.add(|resolver| resolver.call(call, Some(node)).filter(|_| is_first));
        }
        if let Some(body) = declaration.body.as_ref().filter(|_| is_first) {
            self.link(&body.statements, Some(node));
        }
    }

    /// A statement, or a shape of a declaration: `k[4]: star(a)` is `star(a, k)`.
    fn call(&mut self, call: &ast::Call, declaration: Option<usize>) -> Option<Link> {
        let position = if declaration.is_some() { Position::Declaration } else { Position::Statement };
        let sets = self.sets(&call.sets);
        let pattern = self.pattern(call, position)?;
        let is_broken = call.sets.iter().any(|set| set.is_broken);
        let arguments = if is_broken { None } else { self.arguments(call, pattern, position) };
        if !is_broken && !pattern.sets(position).contains(&call.sets.len()) {
            return self.errors.refuse(&call.written, messages::wrong_sets(pattern, position, call.sets.len()));
        }
        let (mut sets, (arguments, conditions)) = (sets?, arguments?);
        sets.extend(declaration.map(|node| self.all_nodes(node)));
        let (token, written) = (call.name.clone(), call.written.clone());
        Some(Link { pattern, token, sets, arguments, conditions, written, declaration, parent: self.scope })
    }

    fn pattern(&mut self, call: &ast::Call, position: Position) -> Option<Pattern> {
        let text = call.word();
        if let Some(pattern) = Pattern::named(&text) {
            return Some(pattern);
        }
        let nearest = Pattern::meant(&text).map(Pattern::name);
        let message = match (position, self.find(&text)) {
            (Position::Declaration, Some(_)) => messages::node_as_shape(&text),
            (Position::Declaration, None) => messages::unknown_shape(&text, nearest),
            (Position::Statement, Some(_)) => messages::node_as_statement(&text),
            (Position::Statement, None) => messages::unknown_statement(&text, nearest),
        };
        let name = syn::parse2(call.name.clone()).unwrap_or_else(|_| HalfWritten::nothing());
        let words = if position == Position::Declaration { "shapes" } else { "statements" };
        self.errors.half_written(HalfWritten::Word(words, name));
        self.errors.refuse(&call.name, message)
    }

    /// All nodes of a declaration.
    fn all_nodes(&self, node: usize) -> Set {
        let name = self.model.nodes[node].name.clone();
        let written = name.to_token_stream();
        let step = Step { node, name, select: Select::All, written: TokenStream::new() };
        Set { parts: vec![Part { steps: vec![step], written: written.clone() }], written }
    }

    /// `a -> b`. Another sign is an arrow of another language, or a dash within a name.
    fn arrow(&mut self, arrow: &ast::Call) -> Option<Link> {
        let sign = arrow.word();
        let [from, to] = arrow.sets.as_slice() else { return None };
        if sign == "->" {
            return self.call(arrow, None);
        }
        let is_unknown = |set: &ast::Set| match set.paths.as_slice() {
            [path] => self.find(&path.steps[0].name.unraw().to_string()).is_none(),
            _ => false,
        };
        let (left, right) = (code(&from.written), code(&to.written));
        if sign == "-" && is_unknown(from) && is_unknown(to) {
            return self.errors.refuse(&arrow.written, messages::dash_in_name(&format!("{left}_{right}")));
        }
        let meant = match (sign.starts_with('<'), sign.ends_with('>')) {
            (true, false) => format!("{right} -> {left}"),
            (false, true) => format!("{left} -> {right}"),
            _ if sign == "to" => format!("{left} -> {right}"),
            _ if sign == "from" => format!("{right} -> {left}"),
            _ => format!("connect({left}, {right})"),
        };
        self.errors.report(&arrow.name, messages::foreign_arrow(&sign, &meant));
        self.sets(&arrow.sets);
        None
    }

    fn requirement(&mut self, requirement: &ast::Requirement) -> Option<Requirement> {
        let ast::Requirement { demand, sets, number, written } = requirement;
        let parts = self.sets(sets)?.into_iter().flat_map(|set| set.parts).collect();
        if let (ast::Demand::Survives, Some(node)) = (demand, number.as_ref().and_then(|number| self.node_in(number))) {
            return self.errors.refuse(number, messages::node_as_number(&node));
        }
        let number = number.as_ref().map(|number| match literal::whole(number) {
            Ok(Some(literal)) => Known::Literal(literal),
            _ => Known::RunTime(self.evaluate(number)),
        });
        Some(Requirement { demand: *demand, parts, number, written: written.clone(), parent: self.scope })
    }

    /// The node that an expression names: `k[0]`.
    fn node_in(&self, expression: &Expr) -> Option<String> {
        let Expr::Index(index) = expression else { return None };
        let Expr::Path(path) = &*index.expr else { return None };
        let name = path.path.get_ident()?.unraw().to_string();
        self.find(&name).map(|_| code(expression))
    }

    /// The index of a run-time value.
    fn evaluate(&mut self, expression: &Expr) -> usize {
        self.model.values.push(RunTimeValue { expression: expression.clone(), is_function: false });
        self.model.values.len() - 1
    }

    /// All sets, if all are right; the mistakes of each are reported.
    fn sets(&mut self, sets: &[ast::Set]) -> Option<Vec<Set>> {
        let sets: Vec<Option<Set>> = sets.iter().map(|set| self.set(set)).collect();
        sets.into_iter().collect()
    }

    fn set(&mut self, set: &ast::Set) -> Option<Set> {
        let parts: Vec<Option<Part>> = set.paths.iter().map(|path| self.path(path)).collect();
        let parts = parts.into_iter().collect::<Option<_>>().filter(|_| !set.is_broken)?;
        Some(Set { parts, written: set.written.clone() })
    }

    /// Every step of a path. After a mistake in brackets the other steps are still checked.
    fn path(&mut self, path: &ast::Path) -> Option<Part> {
        let selects: Vec<Option<Select>> = path.steps.iter().map(|step| self.select(step.selector.as_ref())).collect();
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

    /// The cluster whose statements are linked, those around it, and the top.
    fn scopes(&self) -> impl Iterator<Item = Option<usize>> {
        self.scope.into_iter().flat_map(|cluster| self.model.ancestors(cluster)).map(Some).chain([None])
    }

    /// The innermost declaration of a name.
    fn find(&self, name: &str) -> Option<usize> {
        self.scopes().find_map(|scope| self.names.get(&(scope, name.to_owned())).copied())
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

    /// The name of the declaration that was meant, and all their names if they are few.
    fn nearest(&mut self, text: &str, known: Vec<usize>) -> (Option<String>, Vec<String>) {
        let few = if known.len() <= FEW { known.as_slice() } else { &[] };
        let few = few.iter().map(|node| self.model.nodes[*node].text()).collect();
        let Some(left) = self.comparisons.checked_sub(known.len()) else { return (None, few) };
        self.comparisons = left;
        let known: Vec<String> = known.into_iter().map(|node| self.model.nodes[node].text()).collect();
        (nearest(text, known.iter().map(String::as_str)).map(str::to_owned), few)
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
                self.errors.report(index, messages::no_whole_number(mistake, "an index", &code(index)));
            })
            .ok()
    }
}
