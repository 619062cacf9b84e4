//! The rules of counts and links, one function each. What only rustc can compute becomes an assertion.

use std::collections::HashMap;

use cluster_topology::Shape;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use crate::code::code;
use crate::errors::Errors;
use crate::messages::{self, Member};
use crate::model::{
    Argument, ArgumentValue, Bounds, Count, Declaration, Link, Model, Part, Requirement, Select, Set, Step,
};
use crate::parameter;
use crate::pattern::{Pattern, Position};
use crate::size::{Size, constant, usize_literal};

/// An array of nodes is moved over the stack: 10,000 worked and 25,000 overflowed a test's 2 MiB.
pub const MOST_NODES_IN_ARRAYS: u64 = 4096;

/// The count of a group in a help.
const EXAMPLE_COUNT: usize = 9;

/// What must hold for constants.
pub struct Assertion {
    pub condition: TokenStream,
    pub message: String,
    /// What is wrong if it does not hold.
    pub at: TokenStream,
}

/// Checks every rule; gives what is left for rustc to check.
pub fn check(model: &Model, errors: &mut Errors) -> Vec<Assertion> {
    let mut checker = Checker { model, errors, assertions: Vec::new() };
    checker.check_empty();
    checker.check_counts();
    checker.check_arrays();
    for link in &model.links {
        if checker.check_bounds(link) {
            checker.check_size(link);
            checker.check_family(link);
            checker.check_hub(link);
            checker.check_sides(link);
        }
    }
    for part in model.requirements.iter().filter_map(Requirement::set).flat_map(|set| &set.parts) {
        checker.check_part(part);
    }
    checker.check_repetitions();
    checker.assertions
}

struct Checker<'m> {
    model: &'m Model,
    errors: &'m mut Errors,
    assertions: Vec<Assertion>,
}

impl Checker<'_> {
    /// There is something to start: `cluster! {}`.
    fn check_empty(&mut self) {
        if self.model.nodes.is_empty() && self.errors.is_empty() {
            match &self.model.kind {
                Some(kind) => self.errors.report(kind, messages::EMPTY_CLUSTER),
                None => self.errors.report_at(Span::call_site(), messages::EMPTY_CLUSTER),
            }
        }
    }

    /// A group has at least one node: `k[N]` where `N` is 0. Literals were checked when they were read.
    fn check_counts(&mut self) {
        for (node, declared) in self.model.nodes.iter().enumerate() {
            if let Count::Constant(count) = &declared.count {
                let constant = constant(node);
                let condition = quote_spanned!(Span::mixed_site()=> #constant >= 1);
                self.assert(condition, messages::zero_count(&code(&declared.name)), count);
            }
        }
    }

    /// Arrays hold at most 4,096 nodes together: `a[4000]; b[4000];`.
    fn check_arrays(&mut self) {
        let limit = usize_literal(MOST_NODES_IN_ARRAYS);
        let mut literals = 0_u64;
        let mut largest = (0, String::new());
        let mut constants = Vec::new();
        let mut last = None;
        for node in (0..self.model.nodes.len()).filter(|node| !self.model.nodes[*node].is_cluster) {
            // A node is in the array of its own group, and in those of the clusters around it, up to the first on the heap.
            let arrays = self.model.ancestors(node).take_while(|node| !self.is_on_heap(*node));
            let mut copies = 1_u64;
            let mut factors = Vec::new();
            let mut outermost = None;
            for array in arrays {
                let declared = &self.model.nodes[array];
                let written = match &declared.count {
                    Count::Literal(count, written) => {
                        copies = copies.saturating_mul(*count);
                        written
                    }
                    Count::Constant(written) => {
                        factors.push(constant(array));
                        written
                    }
                    Count::One | Count::Dyn(_) | Count::Unknown => continue,
                };
                let message = messages::too_many_nodes(MOST_NODES_IN_ARRAYS, &code(&declared.name), &code(written));
                outermost = Some((written, message));
            }
            let Some((written, message)) = outermost else { continue };
            if factors.is_empty() {
                let before = literals;
                literals = literals.saturating_add(copies);
                if copies > largest.0 {
                    largest = (copies, message);
                }
                if before <= MOST_NODES_IN_ARRAYS && literals > MOST_NODES_IN_ARRAYS {
                    self.errors.report(written, &largest.1);
                }
                continue;
            }
            let product = product(copies, &factors);
            let condition = quote_spanned!(Span::mixed_site()=> #product <= #limit);
            self.assert(condition, message.clone(), written);
            constants.push(product);
            last = Some((written, message));
        }
        let Some((written, message)) = last else { return };
        if literals <= MOST_NODES_IN_ARRAYS && (literals > 0 || constants.len() > 1) {
            let literals = usize_literal(literals);
            let condition = quote_spanned! {Span::mixed_site()=>
                #(#constants > #limit ||)* #literals #(+ #constants)* <= #limit
            };
            self.assert(condition, message, written);
        }
    }

    fn is_on_heap(&self, node: usize) -> bool {
        matches!(self.model.nodes[node].count, Count::Dyn(_) | Count::Unknown)
    }

    /// An index or a range is within its group: `connect(a, k[4])` where `k` has 4 nodes.
    fn check_bounds(&mut self, link: &Link) -> bool {
        let parts = link.sets.iter().flat_map(|set| &set.parts);
        let wrong = parts.filter(|part| !self.check_part(part)).count();
        wrong == 0
    }

    fn check_part(&mut self, part: &Part) -> bool {
        let wrong = part.steps.iter().filter(|step| !self.check_step(step, part)).count();
        wrong == 0
    }

    fn check_step(&mut self, step: &Step, part: &Part) -> bool {
        let declared = &self.model.nodes[step.node];
        let name = code(&step.name);
        let needed = match &step.select {
            Select::All | Select::Unknown => return true,
            Select::Index { literal, .. } => literal.map(Selection::Index),
            Select::Range { literal, .. } => literal.map(Selection::Range),
        };
        let things = if declared.is_cluster { Member::Cluster } else { Member::Node };
        match (&declared.count, needed) {
            (Count::One, _) => {
                self.errors.report(&part.written, messages::index_of_single(&name, things));
                false
            }
            (count, Some(needed)) if count.literal().is_some_and(|count| needed.nodes() > count) => {
                let count = count.literal().unwrap_or_default();
                self.errors.report(&step.select, needed.message(&name, count, things));
                false
            }
            (Count::Constant(_), Some(needed)) => {
                let (constant, nodes) = (constant(step.node), usize_literal(needed.nodes()));
                let condition = quote_spanned!(Span::mixed_site()=> #constant >= #nodes);
                self.assert(condition, needed.constant_message(&name), &step.select);
                true
            }
            _ => true,
        }
    }

    /// A shape has enough nodes: `k[2]: ring`, `line(a)`.
    fn check_size(&mut self, link: &Link) {
        let Pattern::Shape(shape) = link.pattern else { return };
        if shape.declaration_sets() > 0 {
            return;
        }
        let least = shape.least() as u64;
        let size = Size::of(link.sets.iter().flat_map(|set| &set.parts), &self.model.nodes);
        let count = self.count_tokens(link);
        match size.exact() {
            Some(found) if found >= least => {}
            Some(found) => match link.declared.map(|node| &self.model.nodes[node]) {
                Some(declared) if matches!(declared.count, Count::One) => {
                    let message = messages::needs_group(
                        link.pattern,
                        shape.least(),
                        shape.declaration_form(),
                        &code(&declared.name),
                        declared.is_cluster,
                    );
                    self.errors.report(&link.written, message);
                }
                declared => {
                    let name = declared.map(|declared| code(&declared.name));
                    let is_cluster = declared.is_some_and(|declared| declared.is_cluster);
                    self.errors.report(count, messages::too_few_nodes(shape, found, name.as_deref(), is_cluster));
                }
            },
            None => {
                if let Some(size) = size.constant().filter(|_| size.known < least) {
                    let least = usize_literal(least);
                    let condition = quote_spanned!(Span::mixed_site()=> #size == 0 || #size >= #least);
                    self.assert(condition, messages::too_few_constant_nodes(shape), count);
                }
            }
        }
    }

    /// A topology has its size rule: `k[10]: torus(5)`. Where not all is literal, the runtime checks it.
    fn check_family(&mut self, link: &Link) {
        let declared = link.declared.map(|node| &self.model.nodes[node]);
        if let (Pattern::Family(_) | Pattern::Custom, Some(declared @ Declaration { count: Count::One, .. })) =
            (link.pattern, declared)
        {
            let (name, form) = (code(&declared.name), link.pattern.form(Position::Declaration));
            let message = messages::needs_group(link.pattern, EXAMPLE_COUNT, form, &name, declared.is_cluster);
            self.errors.report(&link.written, message);
            return;
        }
        let Pattern::Family(family) = link.pattern else { return };
        let size = Size::of(link.sets.iter().flat_map(|set| &set.parts), &self.model.nodes);
        let (Some(count), Some(arguments)) = (size.exact(), parameter::literals(&link.arguments)) else { return };
        // A missing seed is drawn later.
        let Ok(count) = usize::try_from(count) else { return };
        if let Err(error) = family.check(count, &arguments) {
            match parameter::culprit(&error, &link.arguments) {
                Some(argument) => self.errors.report(&argument.written, error.to_string()),
                None => self.errors.report(self.count_tokens(link), error.to_string()),
            }
        }
    }

    /// Too few nodes are shown at the count of the declaration, or at the whole statement.
    fn count_tokens(&self, link: &Link) -> TokenStream {
        match link.declared.map(|node| &self.model.nodes[node].count) {
            Some(Count::Literal(_, count) | Count::Constant(count) | Count::Dyn(count)) => count.to_token_stream(),
            _ => link.written.clone(),
        }
    }

    /// A star has one centre: `leaves[5]: star(k)` where `k` has 4 nodes.
    fn check_hub(&mut self, link: &Link) {
        let (Pattern::Shape(Shape::Star), [hub, others @ ..]) = (link.pattern, link.sets.as_slice()) else { return };
        let size = Size::of(&hub.parts, &self.model.nodes);
        let (name, hub_code) = (self.model.path(hub.parts[0].node()), code(&hub.written));
        let others: Vec<String> = others.iter().map(|set| code(&set.written)).collect();
        let instead = match (link.declared, others.as_slice()) {
            (Some(_), _) => format!("connect({hub_code})"),
            (None, [one]) => format!("connect({hub_code}, {one})"),
            (None, several) => format!("connect({hub_code}, [{}])", several.join(", ")),
        };
        match size.exact() {
            Some(0 | 1) => {}
            Some(nodes) => self.errors.report(&hub.written, messages::several_hubs(nodes, &hub_code, &name, &instead)),
            None if size.known > 1 => {
                self.errors.report(&hub.written, messages::several_constant_hubs(&name, &instead));
            }
            None => {
                if let Some(size) = size.constant() {
                    let condition = quote_spanned!(Span::mixed_site()=> #size <= 1);
                    self.assert(condition, messages::several_constant_hubs(&name, &instead), &hub.written);
                }
            }
        }
    }

    /// No node is linked to itself: `connect(a, a)`, `a: star(a)`, `connect(k[0..2], k[1])`, `clique(a, a)`.
    fn check_sides(&mut self, link: &Link) {
        let [first, rest @ ..] = link.sets.as_slice() else { return };
        match link.pattern {
            Pattern::Shape(Shape::Clique | Shape::Ring | Shape::Line) | Pattern::Family(_) | Pattern::Custom => {
                let parts: Vec<&Part> = link.sets.iter().flat_map(|set| &set.parts).collect();
                let repeated =
                    (1..parts.len()).find(|later| parts[..*later].iter().any(|part| overlap(part, parts[*later])));
                if let Some(part) = repeated.map(|index| parts[index]) {
                    self.errors.report(&part.written, messages::twice_in_shape(link.pattern, &code(&part.written)));
                }
            }
            Pattern::Shape(Shape::Star | Shape::Connect) | Pattern::OneWay => {
                let sides = (&first.parts, rest.iter().flat_map(|set| &set.parts).collect::<Vec<_>>());
                let Some((left, right)) = find_common(sides.0, &sides.1) else { return };
                let shown = if link.declared.is_some() { left } else { right };
                let smaller = if self.is_one(left) { left } else { right };
                let single = self.is_one(smaller) && !self.model.nodes[smaller.node()].is_cluster;
                self.errors.report(&shown.written, messages::self_link(&code(&smaller.written), single));
            }
        }
    }

    /// Whether a path selects a single node or cluster.
    fn is_one(&self, part: &Part) -> bool {
        part.steps.iter().all(|step| {
            matches!(step.select, Select::Index { .. }) || matches!(self.model.nodes[step.node].count, Count::One)
        })
    }

    /// A link is written once: `connect(a, b); connect(b, a);`.
    fn check_repetitions(&mut self) {
        let mut first: HashMap<Meaning, &Link> = HashMap::new();
        for link in &self.model.links {
            if link.is_unseeded() {
                continue;
            }
            if let Some(first) = first.get(&meaning(link)) {
                let again = messages::repeated_link(&source_text(first));
                self.errors.report_both(&link.written, &again, &first.written, messages::FIRST_LINK);
            } else {
                first.insert(meaning(link), link);
            }
        }
    }

    fn assert(&mut self, condition: TokenStream, message: String, at: impl ToTokens) {
        self.assertions.push(Assertion { condition, message, at: at.to_token_stream() });
    }
}

fn product(literal: u64, constants: &[Ident]) -> TokenStream {
    match (literal, constants) {
        (1, [constant]) => constant.to_token_stream(),
        (literal, constants) => {
            let literal = usize_literal(literal);
            quote_spanned!(Span::mixed_site()=> #literal #(* #constants)*)
        }
    }
}

/// What an index or a range asks of its group.
#[derive(Clone, Copy)]
enum Selection {
    Index(u64),
    Range(Bounds),
}

impl Selection {
    /// How many nodes the group must have.
    fn nodes(self) -> u64 {
        match self {
            Selection::Index(index) => index.saturating_add(1),
            Selection::Range(Bounds { from, to }) => to.unwrap_or(from.saturating_add(1)),
        }
    }

    fn message(self, name: &str, count: u64, things: Member) -> String {
        match self {
            Selection::Index(index) => messages::index_out_of_bounds(name, count, things, index),
            Selection::Range(Bounds { from, to: None }) => {
                messages::range_starts_out_of_bounds(name, count, things, from)
            }
            Selection::Range(Bounds { to: Some(to), .. }) => messages::range_out_of_bounds(name, count, things, to),
        }
    }

    fn constant_message(self, name: &str) -> String {
        match self {
            Selection::Index(index) => messages::constant_index_out_of_bounds(name, index),
            Selection::Range(_) => messages::constant_range_out_of_bounds(name),
        }
    }
}

fn find_common<'p>(left: &'p [Part], right: &[&'p Part]) -> Option<(&'p Part, &'p Part)> {
    left.iter().find_map(|one| right.iter().find(|other| overlap(one, other)).map(|other| (one, *other)))
}

/// Whether two paths surely have a node in common: one of them is a part of the other at every step that they share.
fn overlap(one: &Part, other: &Part) -> bool {
    one.steps.iter().zip(&other.steps).all(|(one, other)| one.node == other.node && selects_overlap(one, other))
}

fn selects_overlap(one: &Step, other: &Step) -> bool {
    match (indices(&one.select), indices(&other.select)) {
        (Some((a, b)), Some((c, d))) => a < d && c < b,
        _ => matches!(one.select, Select::All) || matches!(other.select, Select::All),
    }
}

/// The indices that are selected, if they are literals.
fn indices(select: &Select) -> Option<(u64, u64)> {
    match select {
        Select::All => Some((0, u64::MAX)),
        Select::Unknown => None,
        Select::Index { literal, .. } => literal.map(|index| (index, index.saturating_add(1))),
        Select::Range { literal, .. } => literal.map(|Bounds { from, to }| (from, to.unwrap_or(u64::MAX))),
    }
}

/// The cluster in which nodes are linked, how, and the sides.
type Meaning = (Option<usize>, Pattern, Vec<Vec<String>>);

/// What a link says, whatever the order in which symmetric sides are written.
fn meaning(link: &Link) -> Meaning {
    let mut sides: Vec<Vec<String>> = match link.pattern {
        Pattern::Shape(Shape::Clique | Shape::Ring | Shape::Line) => vec![selection_text(&link.sets)],
        Pattern::Family(_) | Pattern::Custom => vec![selection_text(&link.sets), argument_text(&link.arguments)],
        Pattern::Shape(Shape::Star | Shape::Connect) | Pattern::OneWay => {
            let (first, rest) = link.sets.split_at(1);
            vec![selection_text(first), selection_text(rest)]
        }
    };
    if matches!(link.pattern, Pattern::Shape(Shape::Clique | Shape::Star | Shape::Connect) | Pattern::OneWay) {
        sides.iter_mut().for_each(|side| side.sort());
    }
    if matches!(link.pattern, Pattern::Shape(Shape::Connect)) {
        sides.sort();
    }
    (link.parent, link.pattern, sides)
}

fn argument_text(arguments: &[Argument]) -> Vec<String> {
    let mut given: Vec<String> = arguments
        .iter()
        .map(|given| {
            format!(
                "{}={}",
                given.parameter,
                match &given.value {
                    ArgumentValue::Literal(value) => format!("{value:?}"),
                    ArgumentValue::Expression(value) => code(value),
                }
            )
        })
        .collect();
    given.sort();
    given
}

fn selection_text(sets: &[Set]) -> Vec<String> {
    let step = |step: &Step| match indices(&step.select) {
        Some((from, to)) => format!("{}[{from}..{to}]", step.node),
        None => format!("{}[{}]", step.node, code(&step.select)),
    };
    sets.iter().flat_map(|set| &set.parts).map(|part| part.steps.iter().map(step).collect()).collect()
}

/// A link as it was written, with its declaration.
pub fn source_text(link: &Link) -> String {
    match link.declared {
        Some(_) => format!("{}: {}", code(&link.sets[link.sets.len() - 1].written), code(&link.written)),
        None => code(&link.written),
    }
}
