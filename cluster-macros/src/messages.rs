//! The catalogue of error messages: lower case, what was expected, what was found, what to do.

use std::fmt::Display;

use cluster_topology::{Comparison, ShapeError};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::code::code;
use crate::condition::CONDITIONS;
use crate::literal::Mistake;
use crate::model::Select;
use crate::pattern::{Parameter, ParameterKind, Pattern, Position};

/// A message that quotes one text.
pub type Message = fn(&str) -> String;

/// Defines messages, which may quote texts or other values.
macro_rules! messages {
    ($($name:ident($($value:ident $(: $ty:ty)?),*): $message:literal $(, $part:expr)*;)*) => {
        $(pub fn $name($($value: value!($($ty)?)),*) -> String {
            format!($message $(, $part)*)
        })*
    };
}

macro_rules! value {
    () => {
        &str
    };
    ($ty:ty) => {
        $ty
    };
}

messages! {
    // Statements.
    empty_cluster(): "a cluster has at least one node\nhelp: as in `cluster! {{ center; leaves[5]: star(center) }}`";
    empty_statement(): "there is no statement before this `;`\nhelp: remove it";
    unclosed_angle_bracket(): "this `<` is never closed\nhelp: remove it, or end with `>`";
    comma_between_statements(): "statements are separated by `;`, not by `,`\nhelp: `;`";
    misplaced_docs(): "a doc comment documents a declaration, and this is none\nhelp: write it with `//`";
    inner_docs(): "`//!` documents what is around it, and here that is no item\n\
        help: `//`, or `///` before a declaration";
    between_items(): "a cluster between items has a name: begin with `struct Net;`";
    hash(): "comments begin with `//`, not with `#`\nhelp: `//`";
    title(): "the statements of a cluster have no title\nhelp: remove it";
    second_use(): "the kind of all nodes is given twice\n\
        help: give one declaration a kind of its own with `name = KIND`";
    first_given(): "it is first given here";
    stray(found): "expected `;`, found {found}\nhelp: remove it";
    missing_semicolon(last, next): "missing `;` here, before {next}\nhelp: `{last};`";
    missing_semicolon_or_link(last, next): "missing `;` here, before {next}\nhelp: `{last};`, or `{last} ->` for a link";
    control_flow(word): "a cluster is declared, and has no `{word}`\n\
        help: a group is several nodes, as in `k[3]: ring`; what depends on values is linked in Rust, after the cluster";
    value(word): "a cluster is declared, and has no `{word}`\nhelp: write this before `cluster!`, and use its value here";
    attribute(written): "only doc comments (`///`) can be put on a declaration\n\
        help: remove it, or put `{written}` on the item around the whole cluster";
    late_use(kind): "`use` comes before all other statements, as it holds for every node\nhelp: begin with `use {kind};`";
    set_without_arrow(sets): "this set is linked with nothing\nhelp: `clique({sets})`, or `[{sets}] -> c`";
    path_alone(path): "this node is linked with nothing\nhelp: `connect({path}, a)`, or `{path} -> a`";
    exclamation(name): "`{name}` is no macro\nhelp: remove it";
    expected_statement(found): "expected a declaration or a link, found {found}\n\
        help: declarations are `name;` or `name[4]: ring;`, links {}", statement_forms();
    missing_set(arrow, from): "a node is missing after `{arrow}`\n\
        help: as in `{from} -> b`, with a name, `k[0]`, `k[1..3]` or `[a, b]` on each side";
    dash_in_name(name): "the names of nodes have no dashes\nhelp: `{name}`";
    foreign_arrow(written, meant): "there is no `{written}` between nodes\nhelp: `{meant}`";
    chained_arrow(from): "`->` links two sides, and cannot be chained\n\
        help: `; {from} ->`, as a second link";

    // Names.
    keyword_as_name(word): "`{word}` is a keyword of Rust\nhelp: `r#{word}`, or another name";
    impossible_name(word): "`{word}` cannot be the name of a node\nhelp: use another name";
    word_before_name(word): "a declaration begins with the name of its node, not with `{word}`\nhelp: remove it";
    late_head(name): "a `cluster!` declares one type, by the head that it begins with\n\
        help: `cluster! {{ struct {name}; .. }}` is another type";
    quoted_name(name): "a node's name is written without quotes\nhelp: `{name}`";
    duplicate_name(name): "`{name}` is declared twice\nhelp: rename one, or make it a group: `{name}[2]`";
    second_shapes(name, joined): "`{name}` is declared twice\nhelp: `{joined}`, in one declaration";
    first_declaration(name): "`{name}` is first declared here";

    // Named clusters.
    self_parameter(): "a cluster is created without a `self`\n\
        help: remove it: `struct Net(n: usize);` is created by `Net::create(4)`";
    braces_of_named(name): "a cluster has parameters and no fields of its own\n\
        help: `struct {name}(n: usize);`, and the declarations after it";
    missing_semicolon_of_named(name): "expected `;` after the head of this cluster\n\
        help: `struct {name}(kind: Loopback, n: usize);`";
    untyped_parameter(name): "a parameter has a type, as in a function\nhelp: `{name}: usize`";
    untyped_constant(name, ty): "`{ty}` is the type of a constant\nhelp: `const {name}: {ty}`";
    unnamed_type(ty): "a parameter has a name, as in a function\nhelp: `n: {ty}`";
    other_item(keyword, name): "a named cluster is declared like a struct, not by `{keyword}`\n\
        help: `struct {name}(n: usize);`";
    unreadable_head(name): "this is not the head of a cluster\nhelp: `struct {name}<K: Kind>(kind: K, n: usize);`";
    lifetime(lifetime): "a cluster borrows nothing, as its nodes run on after its creation\n\
        help: remove `{lifetime}`: a kind may be taken as `&Loopback`, and is copied";
    expected_parameter(found): "expected a parameter, found {found}\nhelp: `n: usize`";
    expected_comma_in_head(found): "expected `,` after this parameter, found {found}\nhelp: `kind: Loopback, n: usize`";
    odd_parameter(plain): "a parameter is a name and its type, and no more\nhelp: `{plain}`";
    derive(name): "a cluster cannot be `{name}`, as there is one of each of its nodes\nhelp: it is `Debug` and no more";
    untyped_kind(kind): "the field of a named cluster needs the type of this kind\n\
        help: `{kind} as Type`; a parameter and the path of a type that is `Default` need none";

    // Kinds.
    kind_after_shapes(declaration): "the kind comes before the shapes\nhelp: `{declaration}`";
    shape_as_kind(name, shape): "a shape comes after `:`, and a kind after `=`\nhelp: `{name}: {shape}`";
    kind_after_colon(name, kind): "a kind comes after `=`, and a shape after `:`\nhelp: `{name} = {kind}`";
    set_as_kind(set): "a set has no name of its own\nhelp: write `{set}` where the set is used, as in `clique({set})`";
    kind_without_name(parameter, name): "the fields of a cluster need the name of the type of `{parameter}`\n\
        help: declare it as `struct {name}<K: Kind>({parameter}: K)`";
    literal_as_kind(literal): "expected a kind, found `{literal}`\n\
        help: a group is written `name[4]`; a kind is a value like `Loopback::new()`";
    missing_kind(after): "a kind is missing after `{after}`\nhelp: `{after} Loopback::new()`";

    // Clusters of clusters.
    empty_body(): "a cluster has at least one node\nhelp: as in `east {{ gw; n[4]: star(gw) }}`";
    kind_of_cluster(): "a cluster has no kind of its own\n\
        help: begin its braces with `use KIND;`, or give each node in them its kind";
    colon_before_body(name): "the braces of a cluster come right after its name\nhelp: as in `{name} {{ gw; n[4]: star(gw) }}`";
    body_after_shapes(): "the braces of a cluster come before its shapes\n\
        help: as in `region[3] {{ gw; n[4]: star(gw) }}: ring`";
    missing_member(): "a name is missing after this `.`\nhelp: as in `region.gw`, the `gw` of each `region`";
    expected_member(found): "expected the name of a member after `.`, found {found}\nhelp: as in `region.gw`";
    path_by_colons(path): "members are named after a `.`\nhelp: `{path}`";
    second_brackets(): "a name has one pair of brackets\nhelp: remove it";
    member_of_node(member, name): "`{name}` is no cluster, and has no `{member}`\n\
        help: a cluster is `{name} {{ {member}; }}`";
    member_from_outside(name, path): "there is no `{name}` here\nhelp: it is in a cluster: `{path}`";
    cluster_in_itself(name): "this is in `{name}`, and cannot name it\n\
        help: name its nodes as they are called in it, or move this out of the braces";
    needless_prefix(name, member): "nodes are named here without `{name}`\nhelp: `{member}`";
    too_deep(most: usize): "braces and brackets are nested at most {most} deep\n\
        help: declare the innermost cluster beside the others";

    // Counts.
    empty_count(): "a count is missing in the brackets\n\
        help: `[4]`, `[CONSTANT]`, or `[dyn n]` for one that is known at run time only";
    count_after_name(name, count, shape): "the count of a group comes after its name\nhelp: `{name}[{count}]{shape}`";
    too_many_nodes(limit: u64, name, count): "the arrays of a cluster hold at most {} nodes together, as they lie on the \
        stack\nhelp: declare `{name}[dyn {count}]`", thousands(limit);
    zero_count(name): "a group has at least one node\nhelp: `{name}[1]`, or remove `{name}`";
    run_time_count(count): "`{count}` is known at run time only, and the count of an array is a constant\n\
        help: `[dyn {count}]`";
    generic_count(count): "a constant of an outer `Self` cannot be the count of an array\nhelp: `[dyn {count}]`";
    parameter_in_count(count): "Rust computes nothing with a const parameter in the type of an array\n\
        help: `[dyn {count}]`";

    // Shapes.
    missing_plus(shape): "shapes are joined by `+`\nhelp: `+ {shape}`, or `; {shape}` as a statement of its own";
    least_size(shape: Pattern, least: u64): "a `{shape}` has at least {least} nodes\nhelp: a count of {least} or more";
    missing_shape(after): "a shape is missing after `{after}`\nhelp: {}", declaration_forms();
    conditions_as_shape(conditions): "expected a shape, found conditions of its links\nhelp: as in `ring({conditions})`";
    expected_shape(found): "expected a shape, found {found}\nhelp: {}", declaration_forms();
    // `declared` is the declaration with a count.
    needs_group(shape: Pattern, name, noun, declared): "`{shape}` links the {noun}s of a group, and `{name}` is a single \
        {noun}\nhelp: {}", exact(declared);
    number_as_shape(name, count): "expected a shape, found `{count}`, and a count comes after the name\n\
        help: `{name}[{count}]`";
    number_as_nodes(shape: Pattern, count): "`{shape}` links nodes, and `{count}` is none\nhelp: `k[{count}]: {shape}`";
    shapes_not_joined_by(sign): "shapes are joined by `+`, not by `{sign}`\nhelp: `+`";
    unknown_shape(name, nearest: Option<&str>): "there is no shape `{name}`\nhelp: {}{}", did_you_mean(nearest),
        declaration_forms();
    unknown_statement(name, nearest: Option<&str>): "there is no statement `{name}(..)`\nhelp: {}links are {}",
        did_you_mean(nearest), statement_forms();
    parentheses(name, content): "`{name}` takes its nodes in parentheses\nhelp: `{name}({content})`";
    missing_colon(declared, shape): "a shape comes after a `:`\nhelp: `{declared}: {shape}`";
    node_as_shape(name): "`{name}` is a node and no shape\nhelp: `star({name})` or `connect({name})` links to it";
    node_as_statement(name): "`{name}` is a node and no statement\n\
        help: a count is written `{name}[4]`; links are {}", statement_forms();

    // Parameters.
    missing_equals(name, found, value): "expected `=` after `{name}`, found {found}\nhelp: `{}`",
        format!("= {value}").trim_end();
    missing_value(parameter, example): "a value is missing after `{parameter} =`\nhelp: as in `{example}`";
    missing_parameter(shape: Pattern, parameter, position: Position): "`{shape}` needs its `{parameter}`\n\
        help: as in `{}`", shape.form(position);
    unnamed_parameter(parameter, value): "the parameters of a statement are named\nhelp: `{parameter} = {value}`";
    parameter_twice(parameter): "`{parameter}` is given twice\nhelp: remove one of the two";
    value_of_flag(flag): "`{flag}` takes no value\nhelp: `{flag}`";
    late_set(call): "nodes come before parameters and conditions\nhelp: `{call}`";
    late_parameter(call): "parameters come before the conditions of links\nhelp: `{call}`";
    unnamed_condition(condition, value): "the conditions of links are named\nhelp: `{condition} = {value}`";
    split_unit(joined): "a number and its unit are one word\nhelp: `{joined}`";
    second_condition(a, b, written): "`{a}` and `{b}` are linked with `{written}` already\nhelp: remove one of the two";

    // Requirements.
    expected_requirement(found): "expected a requirement, found {found}\nhelp: {}", requirement_forms();
    other_requirement(word, rest): "a requirement begins with `require`, not with `{word}`\nhelp: `require {rest}`";
    after_requirement(found, requirement): "a requirement ends before {found}\nhelp: `{requirement};`";
    second_comparison(first): "a requirement is one comparison\nhelp: `{first}`";
    node_as_number(node): "`{node}` is a node, and here is how many may fail, whichever they are\n\
        help: `require survives(1)`";
    misshapen_requirement(name): "this is not how `{name}` is written\nhelp: {}", requirement_forms();
    foreign_comparison(sign, meant): "there is no `{sign}` in a requirement\nhelp: `{meant}`";
    missing_comparison(head, number): "`{head}` is compared with a number, by `==`, `<`, `<=`, `>` or `>=`\n\
        help: `{head} <= {number}`";
    joined_requirements(next): "a statement requires one thing\nhelp: `; require {next}`";
    requirement_in_parentheses(what): "a requirement has no parentheses around it\nhelp: `require {what}`";
    unknown_requirement(name, nearest: Option<&str>): "there is no requirement `{name}`\nhelp: {}{}",
        did_you_mean(nearest), requirement_forms();
    missing_bound(head): "a number is missing at the end\nhelp: `{head} <= 4`";

    // Links.
    set_missing_before_comma(): "a node is missing before this `,`\nhelp: remove it";
    empty_list(): "this set is empty\nhelp: as in `[a, b]`";
    negative_index(): "an index counts from the first node, and cannot be negative\nhelp: the first has index 0, the last one less \
        than the count";
    empty_brackets(): "an index or a range is missing in the brackets\nhelp: `[0]`, or `[1..3]`";
    several_indices(): "brackets select one node or one range\nhelp: a set of two nodes is `[k[0], k[2]]`";
    empty_range(): "this range is empty\nhelp: `1..3` selects the nodes with the indices 1 and 2";
    first_link(): "they are first linked here";
    expected_set(found): "expected a node or a set of nodes, found {found}\n\
        help: a name, `k[0]`, `k[1..3]` or `[a, b]`";
    expected_comma(set, found): "expected `,` after `{set}`, found {found}\nhelp: {}", comma_before(found);
    in_brackets(name, index): "a count or an index is written in brackets\nhelp: `[{index}]`, as in `{name}[{index}]`";
    reference(sign, name): "nodes are named without `{sign}`\nhelp: `{name}`";
    set_in_other_brackets(sets): "a set of several nodes is written in brackets\nhelp: `[{sets}]`";
    colon_in_range(from, to): "a range is written with `..`\nhelp: `[{from}..{to}]`";
    index_of_single(name, noun, declared): "`{name}` is a single {noun}\n\
        help: `{name}` without an index, or make it a group: `{declared}`";
    out_of_constant_bounds(what, name): "{what} is out of bounds of `{name}`\nhelp: the first node has index 0";
    // Groups are called `leaves.1` and so on, and are indexed from 0.
    number_as_member(path): "members of a group are selected by their index, counted from 0\nhelp: `{path}`";
    several_hubs(nodes: u64, hub, name, others): "a star has one node at its centre, and `{hub}` is {}\n\
        help: pick one, as in `{name}[0]`, or link them all with `{others}`", quantity(nodes, "node");
    self_link(one): "{one} would be linked to itself\nhelp: the two sides of a link have no node in common";
    twice_in_shape(shape: Pattern, name): "`{name}` is in this `{shape}` twice, and would be linked to itself\n\
        help: name every node once";
    several_constant_hubs(name, others): "a star has one node at its centre\n\
        help: pick one, as in `{name}[0]`, or link them all with `{others}`";
    repeated_link(first): "`{first}` links these nodes already\nhelp: remove one of the two";
}

// Messages whose words depend on what was found.

/// `link` is written before its conditions.
pub fn conditions_behind(link: &str, conditions: &str) -> String {
    let link = match link.strip_suffix(')') {
        Some(link) => format!("{link}, {conditions})"),
        None if link.contains("->") => format!("{link} ({conditions})"),
        None => format!("{link}({conditions})"),
    };
    format!("the conditions of a link are written in its parentheses\nhelp: `{link}`")
}

/// `method` is a shape of the language, or belongs to the kind.
pub fn method(receiver: &str, method: &str, arguments: &str) -> String {
    let inside = arguments.trim_start_matches('(').trim_end_matches(')');
    let (kinds, help) = match Pattern::meant(method).filter(|pattern| pattern.is_shape()) {
        Some(shape) if shape.has_two_sides() => ("", format!("{shape}({receiver}, {inside})")),
        Some(shape) => ("", format!("{shape}({receiver})")),
        None => (", and kinds have", format!("{receiver} = Loopback::new().{method}{arguments}")),
    };
    format!("nodes have no methods in a cluster{kinds}\nhelp: `{help}`")
}

/// `known` are the names that there are, if they are few.
pub fn unknown_name(name: &str, nearest: Option<&str>, known: &[String]) -> String {
    let known = if known.is_empty() { String::new() } else { format!("; the names here are {}", alternatives(known)) };
    format!(
        "there is no `{name}` in this cluster\nhelp: {}",
        suggestion(nearest, || format!("declare it with `{name};`{known}"))
    )
}

pub fn reserved_name(name: &str) -> String {
    let free = name.trim_start_matches('_');
    let help = if free.is_empty() { "use another name".into() } else { format!("`{free}`") };
    format!("names that begin with `__` are reserved\nhelp: {help}")
}

/// An expression that ends too early, or that is none.
pub fn unreadable(role: &str, is_incomplete: bool) -> String {
    let problem = if is_incomplete { "is not complete" } else { "is not an expression of Rust from here on" };
    let help = match role {
        "kind" => "a kind is a value, such as `Loopback::new()`",
        "count" => "`[4]`, `[CONSTANT]`, or `[dyn n]`",
        "index" => "`[0]`, or `[1..3]`",
        _ => "a number, such as `3`",
    };
    format!("this {role} {problem}\nhelp: {help}")
}

pub fn unknown_member(name: &str, cluster: &str, nearest: Option<&str>, members: &[String]) -> String {
    let members = || match members {
        [] => format!("declare `{name};` in its braces"),
        members => format!("it has {}", alternatives(members)),
    };
    format!("there is no `{name}` in `{cluster}`\nhelp: {}", suggestion(nearest, members))
}

/// `count` is the number that was meant, if there is one.
pub fn no_count(count: &str) -> String {
    let help = if count.is_empty() { "remove it".into() } else { format!("`[{count}]`") };
    format!("a count is a number alone, as in `k[4]`\nhelp: {help}")
}

/// So many sets are not what it takes.
pub fn wrong_sets(pattern: Pattern, position: Position, found: usize) -> String {
    let (sets, form) = (pattern.sets(position), pattern.form(position));
    let least = match *sets.start() {
        0 => return format!("`{pattern}` takes nothing but conditions in parentheses here\nhelp: `{form}`"),
        1 => "one set of nodes".into(),
        least => format!("{least} sets of nodes"),
    };
    let at_least = if sets.start() == sets.end() { "" } else { "at least " };
    let is_more = pattern == Pattern::Connect && found > 2;
    let several = if is_more { "; several nodes on one side are `[b, c]`" } else { "" };
    format!("`{pattern}` takes {at_least}{least}, found {found}\nhelp: as in `{form}`{several}")
}

/// `declared` is the declaration with enough nodes, where there is one.
pub fn too_few_nodes(shape: Pattern, least: u64, found: u64, declared: Option<&str>) -> String {
    let more = || format!("name {} more", quantity(least.saturating_sub(found), "node"));
    let help = declared.map_or_else(more, exact);
    format!("a `{shape}` has at least {least} nodes, found {found}\nhelp: {help}")
}

/// `written` is of another unit, or of none.
pub fn wrong_unit(condition: Parameter, written: &str, meant: &str) -> String {
    let (noun, ty) = if condition.kind == ParameterKind::Time { ("time", "Duration") } else { ("rate", "Rate") };
    let units = alternatives(condition.kind.units().iter().map(|(unit, _)| unit));
    let meant = if meant.is_empty() { "one number with its unit".into() } else { format!("`{meant}`") };
    format!("the `{}` is a {noun} in {units}, found `{written}`\nhelp: {meant}, or any `{ty}`", condition.name)
}

/// `number` is what was written, if it is one.
pub fn no_probability(parameter: &str, written: &str, number: Option<f64>) -> String {
    // It may be a percentage.
    let meant = [1.0, 100.0].map(|whole| number.unwrap_or(f64::NAN).abs() / whole);
    let is_percentage = written.ends_with('%');
    let meant = meant.into_iter().skip(usize::from(is_percentage)).find(|meant| *meant <= 1.0).unwrap_or(0.1);
    format!("the `{parameter}` is a number from 0 to 1 without a unit, found `{written}`\nhelp: `{meant}`")
}

/// A condition, as it is written.
pub fn condition_example(condition: Parameter) -> String {
    let value = match condition.kind {
        ParameterKind::Time => "40ms",
        ParameterKind::Rate => "10mbit",
        _ => "0.01",
    };
    format!("{} = {value}", condition.name)
}

pub fn unknown_parameter(shape: Pattern, name: &str, meant: Option<&str>) -> String {
    let known = shape.parameters().iter().chain(&CONDITIONS).map(|parameter| parameter.name);
    format!("`{shape}` takes no `{name}`\nhelp: {}", suggestion(meant, || format!("it takes {}", alternatives(known))))
}

pub fn too_many_parameters(shape: Pattern, position: Position) -> String {
    let named = if shape.is_random() { "; also `connected` and `seed = 7`" } else { "" };
    format!("this is more than `{shape}` takes\nhelp: as in `{}`{named}", shape.form(position))
}

/// Nodes and parameters that do not fit each other. `fitting` nodes would, as in this declaration.
pub fn unfit(error: &ShapeError, pattern: Pattern, fitting: Option<u64>, declared: Option<&str>) -> String {
    let help = match (fitting, declared) {
        (_, Some(declared)) => exact(declared),
        (Some(fitting), None) => format!("name {}", quantity(fitting, "node")),
        (None, None) => format!("choose other parameters, as in `{}`", pattern.form(Position::Statement)),
    };
    format!("{error}\nhelp: {help}")
}

/// `diameter` is what was required of it, and what it is.
pub fn unmet(unmet: &str, diameter: Option<(Comparison, usize)>) -> String {
    let help = match diameter {
        Some((Comparison::AtMost | Comparison::Less, diameter)) => {
            format!("`require diameter <= {diameter}`, or more links")
        }
        Some((_, diameter)) => format!("`require diameter == {diameter}`, or other links"),
        None => "change the links, or what is required of them".into(),
    };
    format!("{unmet}\nhelp: {help}")
}

pub fn out_of_bounds(select: Select, name: &str, count: u64, noun: &str) -> String {
    let what = match select {
        Select::Range { to: Some(to), .. } => format!("the range ends at {to}, and "),
        Select::Range { from, to: None } => format!("the range starts at {from}, and "),
        Select::Index(index) => format!("index {index} is out of bounds: "),
        Select::All | Select::RunTimeIndex(_) | Select::RunTimeRange(_) => String::new(),
    };
    // A count of none is reported.
    let last = count.saturating_sub(1);
    let help = format!("the first is `{name}[0]`, the last `{name}[{last}]`");
    format!("{what}`{name}` has {}\nhelp: {help}", quantity(count, noun))
}

/// `what` is no whole number: `a count`, `the `arity``.
pub fn no_whole_number(mistake: Mistake, what: &str, written: &str) -> String {
    let size = if matches!(mistake, Mistake::TooLarge) { "a smaller one" } else { "one" };
    let (problem, meant) = match mistake {
        Mistake::Negative(meant) => (format!("{what} cannot be negative"), meant),
        Mistake::Fractional(meant) => (format!("{what} is a whole number, found `{written}`"), meant),
        Mistake::Suffix(meant) => (format!("{what} is a number without a unit, found `{written}`"), Some(meant)),
        Mistake::TooLarge => (format!("{what} is a number up to {}", u64::MAX), None),
    };
    let help = match meant.filter(|meant| *meant > 0) {
        Some(meant) => format!("`{meant}`"),
        None => format!("write {size}, such as `4`"),
    };
    format!("{problem}\nhelp: {help}")
}

/// What to write where a comma is missing before `found`, as `found` shows it.
fn comma_before(found: &str) -> String {
    match found.trim_matches('`') {
        name if name.starts_with(|first: char| first.is_alphanumeric() || first == '_') => format!("`, {name}`"),
        brackets if brackets.starts_with(['(', '[', '{']) => "remove it".into(),
        _ => "`,`".into(),
    }
}

// Parts of messages. A help that begins with code is exact: it goes in place of the tokens, or of their statement.

/// A declaration, which is exact unless its braces are left out.
fn exact(declared: &str) -> String {
    let example = if declared.contains("{ .. }") { "as in " } else { "" };
    format!("{example}`{declared}`")
}

/// A token, or signs that are written together, as messages show it.
pub fn found(tokens: &TokenStream) -> String {
    let text = |tree: TokenTree| match &tree {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => "( .. )".into(),
            Delimiter::Bracket => "[ .. ]".into(),
            Delimiter::Brace => "{ .. }".into(),
            Delimiter::None => code(group.stream()),
        },
        tree => tree.to_string(),
    };
    format!("`{}`", tokens.clone().into_iter().map(text).collect::<String>())
}

/// What was meant, or else another help.
fn suggestion(nearest: Option<&str>, other: impl FnOnce() -> String) -> String {
    nearest.map_or_else(other, |nearest| format!("did you mean `{nearest}`?"))
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("did you mean `{nearest}`? "))
}

fn patterns() -> impl Iterator<Item = Pattern> {
    Pattern::all().filter(|pattern| *pattern != Pattern::OneWay)
}

fn declaration_forms() -> String {
    format!("the shapes are {}", alternatives(patterns().map(|pattern| pattern.form(Position::Declaration))))
}

fn statement_forms() -> String {
    let links =
        alternatives(patterns().filter(|pattern| pattern.is_shape()).map(|shape| shape.form(Position::Statement)));
    let topologies = alternatives(patterns().filter(|pattern| pattern.is_family()));
    format!("{links}, one-way `a -> b`, and the topologies {topologies} and `shape`, as in `grid(k, columns = 3)`")
}

fn requirement_forms() -> String {
    let forms = ["require connected", "require diameter <= 4", "require degree(k) >= 3", "require survives(1)"];
    format!("requirements are {}", alternatives(forms))
}

fn alternatives(forms: impl IntoIterator<Item = impl Display>) -> String {
    forms.into_iter().map(|form| format!("`{form}`")).collect::<Vec<_>>().join(", ")
}

fn quantity(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn thousands(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
