//! The rules of counts and links, one function each. What only rustc can check becomes an assertion.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use cluster_topology::{Comparison, Demand, Family};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::Expr;

use crate::ast::{Count, MOST_NODES_IN_ARRAYS};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::model::{Argument, Declaration, Known, Link, Model, Part, Requirement, Select, Step};
use crate::pattern::Pattern;
use crate::size::{Product, Size, constant};

/// The count of a group in a help.
const EXAMPLE_COUNT: u64 = 9;

/// What only rustc can check, as it needs the values of constants.
pub struct Assertion {
    pub condition: TokenStream,
    pub message: String,
    /// Where the message is shown.
    pub at: TokenStream,
}

/// Checks every rule. Returns what is left for rustc to check.
pub fn check(model: &Model, errors: &mut Errors) -> Vec<Assertion> {
    let mut checker = Checker { model, errors, assertions: Vec::new() };
    checker.check_empty();
    checker.check_counts();
    checker.check_arrays();
    for link in &model.links {
        if !checker.check_bounds(link.parts()) {
            continue;
        }
        if checker.check_group(link) {
            checker.check_size(link);
            checker.check_family(link);
        }
        if checker.check_hub(link) {
            checker.check_sides(link);
        }
    }
    for requirement in &model.requirements {
        if checker.check_bounds(&requirement.parts) {
            checker.check_constants(requirement);
        }
    }
    checker.check_repetitions();
    checker.assertions
}

struct Checker<'m> {
    model: &'m Model,
    errors: &'m mut Errors,
    assertions: Vec<Assertion>,
}

impl<'m> Checker<'m> {
    /// There is something to start: `cluster! {}`, `region { connect(a, b) }`.
    fn check_empty(&mut self) {
        if !self.errors.is_empty() {
            return;
        }
        if self.model.nodes.is_empty() {
            // Without a kind it is shown at the whole macro.
            let kind = self.model.kind.as_ref().map(|kind| &kind.written);
            self.errors.report(kind, messages::empty_cluster());
        }
        for cluster in self.model.clusters().filter(|cluster| self.model.members(Some(*cluster)).next().is_none()) {
            self.errors.report(&self.model.nodes[cluster].name, messages::empty_body());
        }
    }

    /// A group has at least one node: `k[N]` where `N` is 0. Literals were checked when they were read.
    fn check_counts(&mut self) {
        for (node, declaration) in self.model.nodes.iter().enumerate() {
            if let Count::Constant(count) = &declaration.count {
                let constant = constant(node);
                self.assert(quote!(#constant >= 1), messages::zero_count(&code(&declaration.name)), count);
            }
        }
    }

    /// Arrays hold at most 4,096 nodes together: `a[4000]; b[4000];`.
    fn check_arrays(&mut self) {
        let most = Literal::u64_unsuffixed(MOST_NODES_IN_ARRAYS);
        let (mut total, mut largest, mut constants) = (Size::default(), (0, String::new()), Vec::new());
        for node in self.model.groups() {
            let Some((product, written, message)) = self.array(node) else { continue };
            let before = total.known;
            total.add(&product);
            if !product.is_known() {
                self.assert(quote!(#product <= #most), message.clone(), written);
                constants.push((product, written, message));
                continue;
            }
            if product.known > largest.0 {
                largest = (product.known, message);
            }
            if before <= MOST_NODES_IN_ARRAYS && total.known > MOST_NODES_IN_ARRAYS {
                self.errors.report(written, &largest.1);
            }
        }
        let (Some(sum), Some((_, written, message))) = (total.constant(), constants.last()) else { return };
        if total.known <= MOST_NODES_IN_ARRAYS && (total.known > 0 || constants.len() > 1) {
            // An array that alone is too large has a message of its own.
            let alone = constants.iter().map(|(product, ..)| product);
            self.assert(quote!(#(#alone > #most ||)* #sum <= #most), message.clone(), written);
        }
    }

    /// How many nodes the arrays hold that a declaration is in: that of its own group and those of the clusters around
    /// it, up to the first on the heap. With the count of the outermost, and what to say if it is too large.
    fn array(&self, node: usize) -> Option<(Product, &'m Expr, String)> {
        let mut product = Product::one();
        let mut outermost = None;
        for array in self.model.ancestors(node) {
            let declaration = &self.model.nodes[array];
            match &declaration.count {
                Count::One => continue,
                Count::Dyn(_) | Count::Unknown => break,
                count => product.multiply(array, count, 0)?,
            }
            outermost = declaration.count.written().map(|written| (declaration, written));
        }
        let (declaration, written) = outermost?;
        let message = messages::too_many_nodes(MOST_NODES_IN_ARRAYS, &code(&declaration.name), &code(written));
        Some((product, written, message))
    }

    /// An index or a range is within its group: `connect(a, k[4])` where `k` has 4 nodes.
    fn check_bounds<'p>(&mut self, parts: impl IntoIterator<Item = &'p Part>) -> bool {
        let steps = parts.into_iter().flat_map(|part| &part.steps);
        let wrong = steps.filter(|step| !self.check_step(step)).count();
        wrong == 0
    }

    fn check_step(&mut self, step: &Step) -> bool {
        let declaration = &self.model.nodes[step.node];
        let name = code(&step.name);
        let noun = declaration.noun();
        let needed = match step.select {
            Select::All | Select::RunTimeIndex(_) | Select::RunTimeRange(_) => return true,
            Select::Index(index) => index.saturating_add(1),
            Select::Range { from, to } => to.unwrap_or(from.saturating_add(1)),
        };
        match (declaration.count.literal(), &declaration.count) {
            (Some(count), _) if needed > count => {
                self.errors.report(&step.written, messages::out_of_bounds(step.select, &name, count, noun));
                false
            }
            (None, Count::Constant(_)) => {
                let (constant, needed) = (constant(step.node), Literal::u64_unsuffixed(needed));
                let what = match step.select {
                    Select::Index(index) => format!("index {index}"),
                    _ => "the range".into(),
                };
                self.assert(
                    quote!(#constant >= #needed),
                    messages::out_of_constant_bounds(&what, &name),
                    &step.written,
                );
                true
            }
            _ => true,
        }
    }

    /// What links nodes among themselves stands on a group: `a: ring`, `a: grid(3)`.
    fn check_group(&mut self, link: &Link) -> bool {
        let single = self.declaration(link).filter(|declaration| matches!(declaration.count, Count::One));
        let Some(declaration) = single.filter(|_| !link.pattern.has_two_sides()) else { return true };
        let fitting = link.family().and_then(|family| fitting_count(&family, EXAMPLE_COUNT));
        let least = link.pattern.least().or(fitting).unwrap_or(EXAMPLE_COUNT);
        let (name, declared) = (code(&declaration.name), declaration.recounted(least));
        let message = messages::needs_group(link.pattern, &name, declaration.noun(), &declared);
        self.errors.report(&link.written, message);
        false
    }

    /// A shape has enough nodes: `k[2]: ring`, `line(a)`.
    fn check_size(&mut self, link: &Link) {
        let Some(least) = link.pattern.least() else { return };
        let size = Size::new(link.parts(), &self.model.nodes);
        if size.known >= least {
            return;
        }
        if let Some(found) = size.exact() {
            let declared = self.declaration(link).map(|declaration| declaration.recounted(least));
            let message = messages::too_few_nodes(link.pattern, least, found, declared.as_deref());
            self.errors.report(self.count_tokens(link), message);
        } else if let Some(size) = size.constant() {
            // An empty group has a message of its own.
            let (enough, message) = (Literal::u64_unsuffixed(least), messages::least_size(link.pattern, least));
            self.assert(quote!(#size == 0 || #size >= #enough), message, self.count_tokens(link));
        }
    }

    /// A topology has its size rule: `k[10]: torus(5)`. Where not all is literal, the runtime checks it.
    fn check_family(&mut self, link: &Link) {
        // This needs no seed; a missing one is drawn at run time.
        let Some(family) = link.family() else { return };
        let Some(count) = Size::new(link.parts(), &self.model.nodes).exact() else { return };
        let Ok(count) = usize::try_from(count) else { return };
        if let Err(error) = family.check(count) {
            let is_wrong = |argument: &&Argument| Some(argument.parameter.name) == error.parameter();
            let fitting = fitting_count(&family, count as u64);
            let declared = self.declaration(link).zip(fitting).map(|(declaration, count)| declaration.recounted(count));
            let message = messages::unfit(&error, link.pattern, fitting, declared.as_deref());
            match link.arguments.iter().find(is_wrong) {
                Some(argument) => self.errors.report(&argument.written, message),
                None => self.errors.report(self.count_tokens(link), message),
            }
        }
    }

    /// Where too few nodes are shown: the count of the declaration, or the whole statement.
    fn count_tokens(&self, link: &Link) -> TokenStream {
        let count = self.declaration(link).and_then(|declaration| declaration.count.written());
        count.map_or_else(|| link.written.clone(), ToTokens::to_token_stream)
    }

    /// The declaration that a shape is part of.
    fn declaration(&self, link: &Link) -> Option<&'m Declaration> {
        link.declaration.map(|node| &self.model.nodes[node])
    }

    /// A star has one centre: `leaves[5]: star(k)` where `k` has 4 nodes.
    fn check_hub(&mut self, link: &Link) -> bool {
        let (Pattern::Star, [hub, others @ ..]) = (link.pattern, link.sets.as_slice()) else { return true };
        let size = Size::new(&hub.parts, &self.model.nodes);
        let (name, hub_code) = (self.model.path(hub.parts[0].node()), code(&hub.written));
        let others: Vec<String> = others.iter().map(|set| code(&set.written)).collect();
        let instead = match (link.declaration, others.as_slice()) {
            (Some(_), _) => format!("connect({hub_code})"),
            (None, [one]) => format!("connect({hub_code}, {one})"),
            (None, several) => format!("connect({hub_code}, [{}])", several.join(", ")),
        };
        let several = messages::several_constant_hubs(&name, &instead);
        let message = match (size.exact(), size.known) {
            (Some(0 | 1), _) => return true,
            (Some(nodes), _) => messages::several_hubs(nodes, &hub_code, &name, &instead),
            (None, 2..) => several,
            (None, 0..2) => {
                if let Some(size) = size.constant() {
                    self.assert(quote!(#size <= 1), several, &hub.written);
                }
                return true;
            }
        };
        self.errors.report(&hub.written, message);
        false
    }

    /// No node is linked to itself: `connect(a, a)`, `a: star(a)`, `connect(k[0..2], k[1])`, `clique(a, a)`.
    fn check_sides(&mut self, link: &Link) {
        match link.sides().as_slice() {
            [left, right] => {
                let Some((left, right)) = find_common(left, right) else { return };
                let shown = if link.declaration.is_some() { left } else { right };
                let smaller = if self.is_one(left) { left } else { right };
                let is_node = self.is_one(smaller) && !self.model.nodes[smaller.node()].is_cluster;
                let name = format!("{}`{}`", if is_node { "" } else { "a node of " }, code(&smaller.written));
                self.errors.report(&shown.written, messages::self_link(&name));
            }
            sides => {
                let parts = sides.concat();
                let is_repeated = |later: &usize| find_common(&parts[..*later], &parts[*later..=*later]).is_some();
                if let Some(part) = (1..parts.len()).find(is_repeated).map(|later| parts[later]) {
                    self.errors.report(&part.written, messages::twice_in_shape(link.pattern, &code(&part.written)));
                }
            }
        }
    }

    /// Whether a path selects a single node or cluster.
    fn is_one(&self, part: &Part) -> bool {
        part.steps.iter().all(|step| {
            matches!(step.select, Select::Index(_) | Select::RunTimeIndex(_))
                || matches!(self.model.nodes[step.node].count, Count::One)
        })
    }

    /// `k[N]: ring; require diameter <= 2`: where the network is one shape, its diameter follows from a constant, and so does the
    /// degree of each node of a clique or a ring.
    fn check_constants(&mut self, requirement: &Requirement) {
        let (Some(Known::Literal(number)), [link]) = (&requirement.number, self.model.links.as_slice()) else {
            return;
        };
        let size = Size::new(link.parts(), &self.model.nodes);
        let (None, Some(size)) = (size.exact(), size.constant()) else { return };
        let (most, comparison) = match (requirement.demand, link.pattern) {
            (Demand::Diameter(comparison), Pattern::Clique) => (quote!(1), comparison),
            (Demand::Diameter(comparison), Pattern::Star) => (quote!(2), comparison),
            (Demand::Diameter(comparison), Pattern::Ring) => (quote!((#size) / 2), comparison),
            (Demand::Diameter(comparison), Pattern::Line) => (size.clone(), comparison),
            (Demand::Degree(comparison), Pattern::Ring) => (quote!(2), comparison),
            (Demand::Degree(comparison), Pattern::Clique) => (size.clone(), comparison),
            _ => return,
        };
        let is_whole = |part: &Part| matches!(part.steps.as_slice(), [step] if matches!(step.select, Select::All));
        let has_all = link.parts().count() == self.model.nodes.len() && link.parts().all(is_whole);
        // A link that is refused would be missing.
        if has_all && self.errors.is_empty() {
            // No node is farther from another, or has more links, than there are others.
            let others = quote!((#size).saturating_sub(1));
            let (sign, number) = (sign(comparison), Literal::u64_unsuffixed(*number));
            let condition = quote!((if #most < #others { #most } else { #others }) #sign #number);
            let message = messages::unmet(&format!("a `{}` of so many nodes does not meet this", link.pattern), None);
            self.assert(condition, message, &requirement.written);
        }
    }

    /// A link is written once: `connect(a, b); connect(b, a);`.
    fn check_repetitions(&mut self) {
        let mut first: HashMap<Meaning, &Link> = HashMap::new();
        for link in self.model.links.iter().filter(|link| !link.is_unseeded()) {
            match first.entry(self.meaning(link)) {
                Entry::Occupied(first) => {
                    let again = messages::repeated_link(&first.get().source_text());
                    self.errors.report_both(&link.written, &again, &first.get().written, &messages::first_link());
                }
                Entry::Vacant(place) => {
                    place.insert(link);
                }
            }
        }
    }

    /// The meaning of a link, whatever the order in which symmetric sides are written.
    fn meaning(&self, link: &Link) -> Meaning {
        let mut sides: Vec<Vec<String>> = link.sides().into_iter().map(selection_text).collect();
        if link.pattern == Pattern::Clique || link.pattern.has_two_sides() {
            sides.iter_mut().for_each(|side| side.sort());
        }
        if link.pattern == Pattern::Connect {
            sides.sort();
        }
        let arguments = link.arguments.iter().chain(&link.conditions).map(|argument| {
            let value = match argument.value {
                Known::Literal(value) => format!("{value:?}"),
                Known::RunTime(value) => code(&self.model.values[value].expression),
            };
            format!("{}={value}", argument.parameter.name)
        });
        let mut arguments: Vec<String> = arguments.collect();
        arguments.sort();
        (link.parent, link.pattern, sides, arguments)
    }

    fn assert(&mut self, condition: TokenStream, message: String, at: impl ToTokens) {
        self.assertions.push(Assertion { condition, message, at: at.to_token_stream() });
    }
}

fn sign(comparison: Comparison) -> TokenStream {
    match comparison {
        Comparison::Equal => quote!(==),
        Comparison::Less => quote!(<),
        Comparison::AtMost => quote!(<=),
        Comparison::Greater => quote!(>),
        Comparison::AtLeast => quote!(>=),
    }
}

/// A count that fits is looked for among so many.
const MOST_FITTING: u64 = 4096;

/// The number of nodes nearest to this one that fits; rather more than fewer.
fn fitting_count(family: &Family, count: u64) -> Option<u64> {
    let distances = 0..count.clamp(EXAMPLE_COUNT, MOST_FITTING) + 2;
    let near = distances.flat_map(|distance| [count.checked_add(distance), count.checked_sub(distance)]);
    near.flatten().find(|count| usize::try_from(*count).is_ok_and(|count| count > 0 && family.check(count).is_ok()))
}

fn find_common<'p>(left: &[&'p Part], right: &[&'p Part]) -> Option<(&'p Part, &'p Part)> {
    left.iter().find_map(|one| right.iter().find(|other| overlap(one, other)).map(|other| (*one, *other)))
}

/// Whether two paths surely have a node in common: one of them is a part of the other at every step that they share.
fn overlap(one: &Part, other: &Part) -> bool {
    one.steps.iter().zip(&other.steps).all(|(one, other)| one.node == other.node && selects_overlap(one, other))
}

fn selects_overlap(one: &Step, other: &Step) -> bool {
    match (indices(one.select), indices(other.select)) {
        (Some((a, b)), Some((c, d))) => a < d && c < b,
        _ => matches!(one.select, Select::All) || matches!(other.select, Select::All),
    }
}

/// The indices that are selected, if they are literals.
fn indices(select: Select) -> Option<(u64, u64)> {
    select.indices().map(|(from, to)| (from, to.unwrap_or(u64::MAX)))
}

/// The cluster in which nodes are linked, how, the sides, and the parameters and conditions.
type Meaning = (Option<usize>, Pattern, Vec<Vec<String>>, Vec<String>);

fn selection_text(parts: Vec<&Part>) -> Vec<String> {
    let step = |step: &Step| match indices(step.select) {
        Some((from, to)) => format!("{}[{from}..{to}]", step.node),
        None => format!("{}[{}]", step.node, code(&step.written)),
    };
    parts.into_iter().map(|part| part.steps.iter().map(step).collect()).collect()
}
