//! The catalogue of error messages: lower case, what was expected, what was found, what to do.

use cluster_topology::{Family, Shape};
use proc_macro2::{Delimiter, TokenTree};

use crate::ast::Count;
use crate::code::code;
use crate::model::Select;
use crate::number::Mistake;
use crate::pattern::{Pattern, Position};

// Statements.

pub const EMPTY_CLUSTER: &str = "a cluster has at least one node\nhelp: `cluster! { center; leaves[5]: star(center) }`";
pub const EMPTY_STATEMENT: &str = "there is no statement before this `;`\nhelp: remove it";
pub const UNCLOSED_ANGLE_BRACKET: &str = "this `<` is never closed\nhelp: `cluster! { < .. > }`, or `cluster! { .. }`";
pub const COMMA_BETWEEN_STATEMENTS: &str = "statements are separated by `;`, not by `,`";
pub const MISPLACED_DOCS: &str = "a doc comment documents a declaration, and this is none\nhelp: write it with `//`";
pub const ATTRIBUTE: &str = "only doc comments (`///`) can be put on a declaration";
pub const SECOND_USE: &str =
    "the kind of all nodes is given twice\nhelp: give one declaration a kind of its own with `name = KIND`";
pub const FIRST_USE: &str = "it is first given here";
pub const LATE_USE: &str = "`use` comes before all other statements, as it holds for every node";

pub fn stray(found: &str) -> String {
    format!("expected `;`, found {found}")
}

pub fn missing_semicolon(next: &str) -> String {
    format!("missing `;` here, before {next}")
}

pub fn expected_statement(found: &str) -> String {
    format!(
        "expected a declaration or a link, found {found}\nhelp: `name;` or `name[4]: ring;` is a declaration; links are {}",
        statement_forms()
    )
}

pub fn bare_arguments(shape: Shape, sets: &str) -> String {
    format!("`{shape}` takes its nodes in parentheses\nhelp: `{shape}({sets})`")
}

pub fn missing_set(after: &str) -> String {
    format!(
        "a node is missing after `{after}`\nhelp: `a {after} b`, with a name, `k[0]`, `k[1..3]` or `[a, b]` on each side"
    )
}

pub fn foreign_arrow(written: &str, meant: &str) -> String {
    format!("there is no `{written}` between nodes\nhelp: `{meant}`")
}

pub fn chained_arrow(from: &str, to: &str) -> String {
    format!("`->` links two sides, and cannot be chained\nhelp: end the first link with `;`, then `{from} -> {to}`")
}

pub const SET_WITHOUT_ARROW: &str = "expected `->` after this set\nhelp: `[a, b] -> c`, or `connect([a, b], c)`";

// Names.

pub fn keyword_as_name(word: &str) -> String {
    format!("`{word}` is a keyword of Rust\nhelp: `r#{word}`, or another name")
}

pub fn impossible_name(word: &str) -> String {
    format!("`{word}` cannot be the name of a node\nhelp: use another name")
}

pub fn keyword_before_name(word: &str) -> String {
    format!("a declaration begins with the name of its node, not with `{word}`\nhelp: remove `{word}`")
}

pub fn quoted_name(name: &str) -> String {
    format!("a node's name is written without quotes\nhelp: `{name}`")
}

pub fn unknown_name(name: &str, nearest: Option<&str>) -> String {
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("declare it with `{name};`"),
    };
    format!("there is no `{name}` in this cluster\nhelp: {help}")
}

pub fn duplicate_name(name: &str) -> String {
    format!("`{name}` is declared twice\nhelp: rename one, or make it a group: `{name}[2]`")
}

pub fn first_declaration(name: &str) -> String {
    format!("`{name}` is first declared here")
}

pub fn reserved_name(name: &str) -> String {
    let free = name.trim_start_matches('_');
    let help = if free.is_empty() { "use another name".into() } else { format!("`{free}`") };
    format!("names that begin with `__` are reserved\nhelp: {help}")
}

// Named clusters.

pub fn braces_of_named(name: &str) -> String {
    format!(
        "a cluster has parameters and no fields of its own\nhelp: `struct {name}(n: usize);`, and the declarations after it"
    )
}

pub fn missing_semicolon_of_named(name: &str) -> String {
    format!("expected `;` after the head of this cluster\nhelp: `struct {name}(kind: Loopback, n: usize);`")
}

pub fn untyped_parameter(name: &str) -> String {
    format!("a parameter has a type, as in a function\nhelp: `{name}: usize`")
}

pub fn derive(name: &str) -> String {
    format!("a cluster cannot be `{name}`, as there is one of each of its nodes\nhelp: it is `Debug` and no more")
}

pub fn untyped_kind(kind: &str) -> String {
    format!(
        "the field of a named cluster needs the type of this kind\nhelp: `{kind} as Type`; a parameter and the path of a type that is `Default` need none"
    )
}

// Kinds.

pub fn missing_kind(after: &str) -> String {
    let example = if after == "use" { "use Loopback::new();" } else { "name = Loopback::new();" };
    format!("a kind is missing after `{after}`\nhelp: `{example}`")
}

pub fn literal_as_kind(literal: &str) -> String {
    format!(
        "expected a kind, found `{literal}`\nhelp: a group is written `name[4]`; a kind is a value like `Loopback::new()`"
    )
}

/// An error of syn about an expression, which was parsed in braces.
pub fn unreadable(role: &str, error: &str) -> String {
    match error.strip_prefix("unexpected end of input, ") {
        Some(expected) => format!("this {role} is not complete: {expected}"),
        None => format!("this {role} is not an expression: {}", error.trim_end_matches(", expected `}`")),
    }
}

pub const KIND_AFTER_SHAPES: &str = "the kind comes before the shapes\nhelp: `name[4] = KIND: ring`";

// Clusters of clusters.

pub const EMPTY_BODY: &str = "a cluster has at least one node\nhelp: `east { gw; n[4]: star(gw) }`";
pub const KIND_OF_CLUSTER: &str =
    "a cluster has no kind of its own\nhelp: begin its braces with `use KIND;`, or give each node in them its kind";
pub const BODY_AFTER_SHAPES: &str =
    "the braces of a cluster come before its shapes\nhelp: `region[3] { gw; n[4]: star(gw) }: ring`";
pub const MISSING_MEMBER: &str = "a name is missing after this `.`\nhelp: `region.gw` is the `gw` of each `region`";

pub fn expected_member(found: &str) -> String {
    format!("expected the name of a member after `.`, found {found}")
}

pub fn unknown_member(name: &str, cluster: &str, nearest: Option<&str>, members: &[String]) -> String {
    let members: Vec<String> = members.iter().map(|member| format!("`{member}`")).collect();
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("it has {}", members.join(", ")),
    };
    format!("there is no `{name}` in `{cluster}`\nhelp: {help}")
}

pub fn member_of_node(member: &str, name: &str) -> String {
    format!("`{name}` is no cluster, and has no `{member}`\nhelp: `{name} {{ {member}; }}` is a cluster")
}

pub fn member_from_outside(name: &str, path: &str) -> String {
    format!("there is no `{name}` here\nhelp: it is in a cluster: `{path}`")
}

pub fn cluster_in_itself(name: &str) -> String {
    format!(
        "this is in `{name}`, and cannot name it\nhelp: name its nodes as they are called in it, or move this out of the braces"
    )
}

// Counts.

pub const EMPTY_COUNT: &str = "a count is missing in the brackets\nhelp: `[4]`, `[CONSTANT]`, or `[dyn n]` for one that is known at run time only";

pub fn brackets_for_count(name: &str, count: &str) -> String {
    format!("the count of a group is written in brackets\nhelp: `{name}[{count}]`")
}

pub fn zero_count(name: &str) -> String {
    format!("a group has at least one node\nhelp: `{name}[1]`, or remove `{name}`")
}

pub fn run_time_count(count: &str) -> String {
    format!("`{count}` is known at run time only, and the count of an array is a constant\nhelp: `[dyn {count}]`")
}

pub fn generic_count(count: &str) -> String {
    format!("a constant of an outer `Self` cannot be the count of an array\nhelp: `[dyn {count}]`")
}

pub fn too_many_nodes(limit: u64, name: &str, count: &str) -> String {
    format!(
        "the arrays of a cluster hold at most {} nodes together, as they lie on the stack\nhelp: `{name}[dyn {count}]`",
        thousands(limit)
    )
}

// Shapes.

pub const COMMA_BETWEEN_SHAPES: &str = "shapes are joined by `+`, not by `,`";
pub const MISSING_PLUS: &str =
    "shapes are joined by `+`\nhelp: write `+` before this one, or `;` if it is a statement of its own";

pub fn missing_colon(name: &str, count: &Count, shape: &str) -> String {
    let brackets = match count {
        Count::Constant(count) => format!("[{}]", code(count)),
        Count::Dyn(count) => format!("[dyn {}]", code(count)),
        Count::Single | Count::Unreadable => String::new(),
    };
    format!("a shape comes after a `:`\nhelp: `{name}{brackets}: {shape}`")
}

pub fn missing_shape(after: &str) -> String {
    format!("a shape is missing after `{after}`\nhelp: {}", declaration_forms())
}

pub fn expected_shape(found: &str) -> String {
    format!("expected a shape, found {found}\nhelp: {}", declaration_forms())
}

pub fn number_as_shape(found: &str) -> String {
    format!("expected a shape, found {found}\nhelp: the count of a group comes right after its name: `name[4]`")
}

pub fn unknown_shape(name: &str, nearest: Option<&str>) -> String {
    format!("there is no shape `{name}`\nhelp: {}{}", did_you_mean(nearest), declaration_forms())
}

pub fn node_as_shape(name: &str) -> String {
    format!("`{name}` is a node and no shape\nhelp: `star({name})` or `connect({name})` links to it")
}

pub fn unknown_statement(name: &str, nearest: Option<&str>) -> String {
    format!("there is no statement `{name}(..)`\nhelp: {}links are {}", did_you_mean(nearest), statement_forms())
}

pub fn node_as_statement(name: &str) -> String {
    format!(
        "`{name}` is a node and no statement\nhelp: a count is written `{name}[4]`; links are {}",
        statement_forms()
    )
}

pub fn wrong_shape_arguments(shape: Pattern, found: usize) -> String {
    format!(
        "`{shape}` {}, found {found}\nhelp: `name[4]: {}`",
        arity(shape.declaration_sets()),
        shape.form(Position::Declaration)
    )
}

pub fn wrong_statement_arguments(shape: Pattern, found: usize) -> String {
    let sets = shape.statement_sets();
    let expected = match (*sets.start(), *sets.end()) {
        (least, most) if least == most => arity(least),
        (least, _) => format!("takes at least {}", quantity(least, "set of nodes", "sets of nodes")),
    };
    let several = if shape == Pattern::Shape(Shape::Connect) && found > 2 {
        "; several nodes on one side are `[b, c]`"
    } else {
        ""
    };
    format!("`{shape}` {expected}, found {found}\nhelp: `{}`{several}", shape.form(Position::Statement))
}

pub fn needs_group(shape: Pattern, least: usize, form: &str, name: &str, is_cluster: bool) -> String {
    let (things, thing, body) = if is_cluster { ("clusters", "cluster", " { .. }") } else { ("nodes", "node", "") };
    format!(
        "`{shape}` links the {things} of a group, and `{name}` is a single {thing}\nhelp: `{name}[{least}]{body}: {form}`"
    )
}

pub fn too_few_nodes(shape: Shape, found: u64, name: Option<&str>, is_cluster: bool) -> String {
    let body = if is_cluster { " { .. }" } else { "" };
    let help = name.map(|name| format!("\nhelp: `{name}[{}]{body}: {shape}`", shape.least())).unwrap_or_default();
    format!("{}, found {found}{help}", least_size(shape))
}

pub fn too_few_constant_nodes(shape: Shape) -> String {
    least_size(shape)
}

// Parameters.

pub const FIRST_PARAMETER: &str = "it is first given here";

pub fn sets_come_first(shape: Pattern) -> String {
    format!("nodes come before parameters\nhelp: `{}`", shape.form(Position::Statement))
}

pub fn expected_comma_between_parameters(found: &str) -> String {
    format!("expected `,`, found {found}")
}

pub fn missing_value(parameter: &str) -> String {
    format!("a value is missing after `{parameter} =`")
}

pub fn parameter_twice(parameter: &str) -> String {
    format!("`{parameter}` is given twice\nhelp: remove one of the two")
}

pub fn missing_parameter(shape: Pattern, parameter: &str, position: Position) -> String {
    format!("`{shape}` needs its `{parameter}`\nhelp: `{}`", shape.form(position))
}

pub fn unknown_parameter(shape: Pattern, name: &str, nearest: Option<&str>, position: Position) -> String {
    let help = match (nearest, shape) {
        (Some(nearest), _) => format!("did you mean `{nearest}`?"),
        (None, Pattern::Custom) => format!("`{}`", shape.form(position)),
        (None, shape) => {
            let taken = shape.parameters().into_iter().map(|parameter| parameter.name);
            format!("it takes {}", alternatives(taken))
        }
    };
    format!("`{shape}` takes no `{name}`\nhelp: {help}")
}

pub fn too_many_parameters(shape: Pattern, position: Position) -> String {
    let named = match shape.is_random() {
        true => "; also `connected` and `seed = 7`",
        false => "",
    };
    format!("this is more than `{shape}` takes\nhelp: `{}`{named}", shape.form(position))
}

pub fn unnamed_parameter(shape: Pattern) -> String {
    format!("the parameters of a statement are named\nhelp: `{}`", shape.form(Position::Statement))
}

pub fn value_of_flag(flag: &str) -> String {
    format!("`{flag}` takes no value\nhelp: `{flag}` alone")
}

pub fn no_number(parameter: &str) -> String {
    format!("the `{parameter}` is a number from 0 to 1")
}

// Requirements.

pub fn unknown_requirement(name: &str, nearest: Option<&str>) -> String {
    format!("there is no requirement `{name}`\nhelp: {}{}", did_you_mean(nearest), requirement_forms())
}

pub fn misshapen_requirement(name: &str) -> String {
    format!("this is not how `{name}` is written\nhelp: {}", requirement_forms())
}

pub fn missing_comparison(head: &str) -> String {
    format!("`{head}` is compared with a number, by `==`, `<`, `<=`, `>` or `>=`\nhelp: `{head} <= 4`")
}

pub fn missing_bound(head: &str) -> String {
    format!("a number is missing at the end\nhelp: `{head} <= 4`")
}

// Links.

pub const SET_MISSING_BEFORE_COMMA: &str = "a node is missing before this `,`";
pub const EMPTY_LIST: &str = "this set is empty\nhelp: `[a, b]`";
pub const EMPTY_BRACKETS: &str = "an index or a range is missing in the brackets\nhelp: `[0]`, or `[1..3]`";
pub const SEVERAL_INDICES: &str = "brackets select one node or one range\nhelp: `[k[0], k[2]]` is a set of two nodes";
pub const REFERENCE: &str = "nodes are named without `&`";
pub const EMPTY_RANGE: &str = "this range is empty\nhelp: `1..3` selects the nodes with the indices 1 and 2";

pub fn expected_set(found: &str) -> String {
    format!("expected a node or a set of nodes, found {found}\nhelp: a name, `k[0]`, `k[1..3]` or `[a, b]`")
}

pub fn expected_comma(found: &str) -> String {
    format!("expected `,` after this set, found {found}")
}

/// What a group has as its members.
#[derive(Clone, Copy)]
pub enum Member {
    Node,
    Cluster,
}

impl Member {
    fn quantity(self, count: u64) -> String {
        match (self, count) {
            (Member::Node, 1) => "1 node".into(),
            (Member::Node, count) => format!("{count} nodes"),
            (Member::Cluster, 1) => "1 cluster".into(),
            (Member::Cluster, count) => format!("{count} clusters"),
        }
    }
}

pub fn index_of_single(name: &str, things: Member) -> String {
    let (thing, group) = match things {
        Member::Node => ("node", format!("{name}[4]")),
        Member::Cluster => ("cluster", format!("{name}[4] {{ .. }}")),
    };
    format!("`{name}` is a single {thing}\nhelp: `{name}` without an index, or make it a group: `{group}`")
}

pub fn out_of_bounds(select: Select, name: &str, count: u64, member: Member) -> String {
    let what = match select {
        Select::Index(index) => format!("index {index} is out of bounds: "),
        Select::Range { to: Some(to), .. } => format!("the range ends at {to}, and "),
        Select::Range { from, to: None } => format!("the range starts at {from}, and "),
        Select::All | Select::RunTimeIndex(_) | Select::RunTimeRange(_) => String::new(),
    };
    let help = match count.checked_sub(1) {
        Some(last) => format!("\nhelp: the first is `{name}[0]`, the last `{name}[{last}]`"),
        None => String::new(),
    };
    format!("{what}`{name}` has {}{help}", member.quantity(count))
}

pub fn out_of_constant_bounds(select: Select, name: &str) -> String {
    let what = match select {
        Select::Index(index) => format!("index {index}"),
        _ => "the range".into(),
    };
    format!("{what} is out of bounds of `{name}`\nhelp: the first node has index 0")
}

pub fn several_hubs(nodes: u64, hub: &str, name: &str, others: &str) -> String {
    format!(
        "a star has one node at its centre, and `{hub}` is {}\nhelp: pick one, as in `{name}[0]`, or link them all with `{others}`",
        Member::Node.quantity(nodes)
    )
}

pub fn several_constant_hubs(name: &str, others: &str) -> String {
    format!("a star has one node at its centre\nhelp: pick one, as in `{name}[0]`, or link them all with `{others}`")
}

pub fn self_link(name: &str, same: bool) -> String {
    let what = if same { format!("`{name}`") } else { format!("a node of `{name}`") };
    format!("{what} would be linked to itself\nhelp: the two sides of a link have no node in common")
}

pub fn twice_in_shape(shape: Pattern, name: &str) -> String {
    format!("`{name}` is in this `{shape}` twice, and would be linked to itself\nhelp: name every node once")
}

pub fn repeated_link(first: &str) -> String {
    format!("`{first}` links these nodes already\nhelp: remove one of the two")
}

pub const FIRST_LINK: &str = "they are first linked here";

/// `number` is negative or too large, or `whole` has a fraction.
pub fn no_whole_number(mistake: Mistake, number: &str, whole: &str) -> String {
    match mistake {
        Mistake::Negative => format!("{number} cannot be negative"),
        Mistake::Fractional => format!("{whole} is a whole number"),
        Mistake::TooLarge => "this number is too large".into(),
    }
}

// Parts of messages.

/// A token, as messages show it.
pub fn token_text(tree: &TokenTree) -> String {
    match tree {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => "`( .. )`".into(),
            Delimiter::Bracket => "`[ .. ]`".into(),
            Delimiter::Brace => "`{ .. }`".into(),
            Delimiter::None => format!("`{}`", code(group.stream())),
        },
        tree => format!("`{tree}`"),
    }
}

fn least_size(shape: Shape) -> String {
    format!("a `{shape}` has at least {} nodes", shape.least())
}

fn arity(sets: usize) -> String {
    match sets {
        0 => "takes nothing in parentheses here".into(),
        sets => format!("takes {}", quantity(sets, "set of nodes", "sets of nodes")),
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("did you mean `{nearest}`? ")).unwrap_or_default()
}

fn declaration_forms() -> String {
    format!("the shapes are {}", alternatives(Pattern::all().map(|pattern| pattern.form(Position::Declaration))))
}

fn statement_forms() -> String {
    let links = alternatives(Shape::ALL.map(Shape::statement_form));
    let topologies = alternatives(Family::ALL.map(Family::name));
    format!("{links}, one-way `a -> b`, and the topologies {topologies} and `shape`, as in `grid(k, columns = 3)`")
}

fn requirement_forms() -> String {
    let forms = ["require connected", "require diameter <= 4", "require degree(k) >= 3", "require survives(1)"];
    format!("requirements are {}", alternatives(forms))
}

fn alternatives(forms: impl IntoIterator<Item = &'static str>) -> String {
    forms.into_iter().map(|form| format!("`{form}`")).collect::<Vec<_>>().join(", ")
}

fn quantity(count: usize, one: &str, several: &str) -> String {
    match count {
        1 => format!("one {one}"),
        count => format!("{count} {several}"),
    }
}

fn thousands(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
