//! Names to declarations, shapes to links.

mod argument;
mod count;
mod kind;
mod path;
mod resolver;

use std::collections::{HashMap, HashSet};

use cluster_topology::Demand;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;
use syn::ext::IdentExt;

use crate::ast;
use crate::code::code;
use crate::errors::{Errors, HalfWritten};
use crate::literal;
use crate::messages;
use crate::model::{Declaration, Known, Link, Model, Requirement};
use crate::pattern::{Pattern, Position};
use resolver::{MOST_COMPARISONS, Resolver};

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

impl Resolver<'_> {
    fn declare(&mut self, statements: &[ast::Statement], parent: Option<usize>) {
        for declaration in sound_first(statements) {
            let ast::Declaration { docs, name, count, body, kind, .. } = declaration;
            let text = name.unraw().to_string();
            if text.starts_with("__") {
                self.errors.report(name, messages::reserved_name(&text));
            }
            if has_mistake(declaration) && self.names.contains_key(&(parent, text.clone())) {
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
        if self.is_link(declaration, parent) {
            let others: Vec<&TokenStream> = shapes.iter().map(|shape| &shape.written).collect();
            let other = match others.as_slice() {
                [other] => code(other),
                others => code(quote!([#(#others),*])),
            };
            let help = messages::foreign_arrow(":", &format!("connect({}, {other})", code(name)));
            return self.errors.report(quote!(#name: #(#others)*), help);
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

    /// Whether `a: b` names nodes and no shapes.
    fn is_link(&self, declaration: &ast::Declaration, parent: Option<usize>) -> bool {
        let is_node = |shape: &ast::Call| self.names.contains_key(&(parent, shape.word()));
        names_nodes(declaration) && declaration.shapes.iter().all(is_node)
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

    /// The shapes of a declaration, and the links in its braces.
    fn shapes(&mut self, declaration: &ast::Declaration) {
        if declaration.is_broken {
            return;
        }
        // What is in the braces of a second declaration of a name is not declared.
        let name = declaration.name.unraw().to_string();
        let Some(node) = self.names.get(&(self.scope, name)).copied() else { return };
        if self.is_link(declaration, self.scope) && self.model.nodes[node].rest != declaration.rest() {
            return;
        }
        let is_first = self.linked.insert(node);
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
        let Some(pattern) = self.pattern(call, position) else {
            // What is in the parentheses of a word of another language is of that language too.
            match Pattern::meant(&call.word()) {
                Some(_) => drop(self.sets(&call.sets)),
                None => call.sets.iter().for_each(|set| self.complete(set)),
            }
            return None;
        };
        let sets = self.sets(&call.sets);
        if call.sets.iter().any(|set| set.is_broken) {
            return None;
        }
        if !pattern.sets(position).contains(&call.sets.len()) {
            return self.errors.refuse(&call.written, messages::wrong_sets(pattern, position, call.sets.len()));
        }
        let arguments = self.arguments(call, pattern, position);
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
        if let (Demand::Survives, Some(node)) = (demand, number.as_ref().and_then(|number| self.node_in(number))) {
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
}

/// The declarations. What may be none, or has a mistake that is reported, comes last: another one of its name is the first.
fn sound_first(statements: &[ast::Statement]) -> impl Iterator<Item = &ast::Declaration> {
    let declarations = statements.iter().filter_map(|statement| match statement {
        ast::Statement::Declaration(declaration) => Some(&**declaration),
        _ => None,
    });
    let is_late = |declaration: &&ast::Declaration| has_mistake(declaration) || names_nodes(declaration);
    let (late, sound): (Vec<_>, Vec<_>) = declarations.partition(is_late);
    sound.into_iter().chain(late)
}

/// Whether a mistake in a declaration is reported.
fn has_mistake(declaration: &ast::Declaration) -> bool {
    declaration.is_broken || matches!(declaration.count, ast::Count::Unknown)
}

/// Whether a declaration has nothing but words that are no shapes: `a: b`.
fn names_nodes(declaration: &ast::Declaration) -> bool {
    let is_name =
        |shape: &ast::Call| shape.written.clone().into_iter().count() == 1 && Pattern::named(&shape.word()).is_none();
    !declaration.shapes.is_empty() && declaration.shapes.iter().all(is_name)
}
