//! Tokens to syntax. A mistake costs its own statement only: parsing goes on after the next `;`.

mod argument;
mod arrow;
mod declaration;
mod expression;
mod name;
mod named;
mod requirement;
mod set;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, Result, Token, token};

use crate::ast::{Call, Cluster, DefaultKind, Statement};
use crate::code::code;
use crate::errors::Errors;
use crate::how::{How, Place};
use crate::messages;
use crate::named::Named;
use crate::suggest::nearest;
use expression::within;

pub use expression::without_groups;

/// Reads a whole declaration list, with the type that it declares if it does.
///
/// # Errors
/// When what the type is called cannot be read; then there is nothing to go on with.
pub fn parse(input: TokenStream, errors: &mut Errors) -> Result<(Option<Named>, Cluster)> {
    if named::peek(&input) {
        let (named, declarations) = named::named(input, errors)?;
        return Ok((Some(named), cluster(declarations.into_iter().collect(), errors)));
    }
    let trees = without_angle_brackets(input, errors);
    Ok((None, cluster(trees, errors)))
}

/// The statements of a whole declaration list, or of a cluster in it.
fn cluster(trees: Vec<TokenTree>, errors: &mut Errors) -> Cluster {
    let mut cluster = Cluster::default();
    for Segment { tokens, semicolon } in segments(trees) {
        if !tokens.is_empty() {
            statements(tokens, &mut cluster, errors);
        } else if let Some(semicolon) = semicolon {
            errors.report(semicolon, messages::EMPTY_STATEMENT);
        }
    }
    cluster
}

/// Tezt's users write `cluster < .. >`; Rust lets a macro be called with `( )`, `[ ]` and `{ }` only, so ours takes `{ < .. > }`.
fn without_angle_brackets(input: TokenStream, errors: &mut Errors) -> Vec<TokenTree> {
    let mut trees: Vec<TokenTree> = input.into_iter().collect();
    if trees.first().is_some_and(|tree| is_punct(tree, '<')) {
        if trees.len() > 1 && trees.last().is_some_and(|tree| is_punct(tree, '>')) {
            trees.pop();
        } else {
            errors.report(&trees[0], messages::UNCLOSED_ANGLE_BRACKET);
        }
        trees.remove(0);
    }
    trees
}

fn is_punct(tree: &TokenTree, character: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// What stands between two semicolons; the `;` that ends it is there unless it is the last.
struct Segment {
    tokens: Vec<TokenTree>,
    semicolon: Option<TokenTree>,
}

fn segments(trees: Vec<TokenTree>) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut tokens = Vec::new();
    for tree in trees {
        if is_punct(&tree, ';') {
            segments.push(Segment { tokens: std::mem::take(&mut tokens), semicolon: Some(tree) });
        } else {
            tokens.push(tree);
        }
    }
    segments.push(Segment { tokens, semicolon: None });
    segments
}

/// One statement, or several where a `;` is missing.
fn statements(trees: Vec<TokenTree>, cluster: &mut Cluster, errors: &mut Errors) {
    let outcome = within(trees.iter().cloned().collect(), |input| {
        let mut comma_reported = false;
        while !input.is_empty() {
            statement(input, cluster, errors)?;
            if input.peek(Token![,]) {
                let comma: Token![,] = input.parse()?;
                if !std::mem::replace(&mut comma_reported, true) {
                    errors.report(comma, messages::COMMA_BETWEEN_STATEMENTS);
                }
            } else if input.peek(Ident) || input.peek(token::Bracket) || input.peek(Token![#]) {
                let rest = input.cursor().token_stream();
                let next = messages::found(&input.fork().parse()?);
                let previous = &trees[trees.len().saturating_sub(rest.into_iter().count() + 1)];
                errors.report_at(end_of(previous), messages::missing_semicolon(&next));
            } else if !input.is_empty() {
                return Err(unexpected(input, messages::stray));
            }
        }
        Ok(())
    });
    if let Err(error) = outcome {
        errors.push(error);
    }
}

fn end_of(tree: &TokenTree) -> Span {
    match tree {
        TokenTree::Group(group) => group.span_close(),
        tree => tree.span(),
    }
}

/// The mistake at the next token, which `message` is told of.
fn unexpected(input: ParseStream, message: impl FnOnce(&str) -> String) -> Error {
    match input.fork().parse::<TokenTree>() {
        Ok(tree) => Error::new(tree.span(), message(&messages::found(&tree))),
        Err(_) => input.error(message("nothing")),
    }
}

fn statement(input: ParseStream, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    let docs = docs(input, errors)?;
    if input.peek(Token![use]) {
        refuse_docs(&docs, errors);
        return default_kind(input, cluster, errors);
    }
    if input.peek(token::Bracket) {
        refuse_docs(&docs, errors);
        let from = set::set(input, errors)?;
        return arrow::arrows(input, from, cluster, errors);
    }
    if requirement::peek(input) {
        refuse_docs(&docs, errors);
        let requirement = requirement::requirement(input, errors)?;
        cluster.statements.push(Statement::Require(requirement.into()));
        return Ok(());
    }
    if name::skip_keywords(input, errors)? && input.is_empty() {
        return Ok(());
    }
    let name = name::name(input, errors, messages::expected_statement)?;
    if let Some(count) = declaration::misbracketed_count(input, &name, errors)? {
        return declaration::declaration(input, docs, name, count, cluster, errors);
    }
    if let Some(parentheses) = parentheses(input)? {
        refuse_docs(&docs, errors);
        let call = call(name, Some(parentheses), Place::Statement, errors);
        cluster.statements.push(Statement::Call(call));
        return Ok(());
    }
    refuse_bare_arguments(input, &name)?;
    let brackets = brackets(input)?;
    if arrow::peek(input) || input.peek(Token![.]) {
        refuse_docs(&docs, errors);
        let from = set::path(input, name, brackets, errors)?;
        return arrow::arrows(input, from, cluster, errors);
    }
    let count = declaration::count(brackets, errors);
    declaration::declaration(input, docs, name, count, cluster, errors)
}

fn docs(input: ParseStream, errors: &mut Errors) -> Result<Vec<Attribute>> {
    let mut docs = Vec::new();
    for attribute in input.call(Attribute::parse_outer)? {
        if attribute.path().is_ident("doc") {
            docs.push(attribute);
        } else {
            errors.report(attribute, messages::ATTRIBUTE);
        }
    }
    Ok(docs)
}

fn refuse_docs(docs: &[Attribute], errors: &mut Errors) {
    if let Some(doc) = docs.first() {
        errors.report(doc, messages::MISPLACED_DOCS);
    }
}

/// `use KIND;`
fn default_kind(input: ParseStream, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    let token: Token![use] = input.parse()?;
    let kind = expression::kind(input, token, "use", errors)?;
    if let Some(first) = &cluster.kind {
        errors.report_both(token, messages::SECOND_USE, first.token, messages::FIRST_USE);
        return Ok(());
    }
    if !cluster.statements.is_empty() {
        errors.report(token, messages::LATE_USE);
    }
    cluster.kind = Some(DefaultKind { token, kind });
    Ok(())
}

/// A shape's name, its sets and what else it takes.
fn call(name: Ident, parentheses: Option<Group>, place: Place, errors: &mut Errors) -> Call {
    // A misspelt topology has parameters too.
    let text = name.to_string();
    let meant = How::named(&text).or_else(|| nearest(&text, How::all().map(How::name)).and_then(How::named));
    let how =
        meant.filter(|how| how.takes_parameters() || matches!((how, place), (How::Family(_), Place::Declaration)));
    let (sets, arguments) = match (&parentheses, how) {
        (Some(group), Some(how)) => argument::arguments(group.stream(), how, place, errors),
        (Some(group), None) => (set::sets(group.stream(), errors), Vec::new()),
        (None, _) => (Vec::new(), Vec::new()),
    };
    Call { name, parentheses, sets, arguments }
}

/// `connect a b`, as OCaml would have it.
fn refuse_bare_arguments(input: ParseStream, name: &Ident) -> Result<()> {
    let rest: Vec<TokenTree> = input.cursor().token_stream().into_iter().collect();
    let Some(shape) = cluster_topology::Shape::named(&name.to_string()) else { return Ok(()) };
    let only_sets =
        rest.iter().all(|tree| matches!(tree, TokenTree::Ident(_) | TokenTree::Group(_)) || is_punct(tree, ','));
    if only_sets && matches!(rest.first(), Some(TokenTree::Ident(_))) {
        let sets: Vec<String> = rest.iter().filter(|tree| !is_punct(tree, ',')).map(code).collect();
        let written: TokenStream = std::iter::once(name.clone().into()).chain(rest).collect();
        return Err(Error::new_spanned(written, messages::bare_arguments(shape, &sets.join(", "))));
    }
    Ok(())
}

fn parentheses(input: ParseStream) -> Result<Option<Group>> {
    group(input, Delimiter::Parenthesis)
}

fn brackets(input: ParseStream) -> Result<Option<Group>> {
    group(input, Delimiter::Bracket)
}

/// The group that comes next, if it is one of this sort.
fn group(input: ParseStream, delimiter: Delimiter) -> Result<Option<Group>> {
    input.step(|cursor| match cursor.group(delimiter) {
        Some((content, span, rest)) => {
            let mut group = Group::new(delimiter, content.token_stream());
            group.set_span(span.join());
            Ok((Some(group), rest))
        }
        None => Ok((None, *cursor)),
    })
}
