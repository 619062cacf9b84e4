//! Tokens to syntax. An error ends its statement only: parsing goes on after the next `;`.

mod arrow;
mod call;
mod declaration;
mod expression;
mod foreign;
mod head;
mod lookahead;
mod name;
mod requirement;
mod set;
mod tokens;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Ident, LitStr, Result, Token, token};

use crate::ast::{Cluster, Count, Declaration, DefaultKind, Input, Statement};
use crate::code::code;
use crate::errors::{Errors, HalfWritten};
use crate::messages;
use crate::pattern::{Pattern, Position};
use call::call;
use expression::parse_all;
use tokens::{group, is_punct, unexpected};

/// More braces or brackets within each other would overflow the stack of rustc.
const MOST_NESTED: usize = 32;

/// Parses the whole input.
///
/// # Errors
/// When the head of a named cluster cannot be parsed, or braces are nested too deep.
pub fn parse(input: TokenStream, errors: &mut Errors) -> Result<Input> {
    if let Some(deepest) = tokens::nested_deeper(input.clone(), MOST_NESTED) {
        return Err(Error::new(deepest.span_open(), messages::too_deep(MOST_NESTED)));
    }
    if head::peek(&input) {
        let parser = |input: ParseStream| Ok((head::head(input, errors)?, input.parse::<TokenStream>()?));
        let (head, declarations) = parser.parse2(input)?;
        let trees: Vec<TokenTree> = declarations.into_iter().collect();
        return Ok(Input { head: Some(head), cluster: cluster(&trees, errors) });
    }
    let trees: Vec<TokenTree> = input.into_iter().collect();
    Ok(Input { head: None, cluster: cluster(without_angle_brackets(&trees, errors), errors) })
}

/// The statements of the whole input, or of the braces of a cluster.
fn cluster(trees: &[TokenTree], errors: &mut Errors) -> Cluster {
    let mut cluster = Cluster { written: trees.iter().cloned().collect(), ..Cluster::default() };
    for segment in trees.split_inclusive(|tree| is_punct(tree, ';')) {
        match segment.split_last() {
            Some((semicolon, [])) if is_punct(semicolon, ';') => errors.report(semicolon, messages::empty_statement()),
            Some((semicolon, trees)) if is_punct(semicolon, ';') => statements(trees, &mut cluster, errors),
            _ => statements(segment, &mut cluster, errors),
        }
    }
    cluster
}

/// Tezt's users write `cluster < .. >`; Rust lets a macro be called with `( )`, `[ ]` and `{ }` only, so ours takes `{ < .. > }`.
fn without_angle_brackets<'t>(trees: &'t [TokenTree], errors: &mut Errors) -> &'t [TokenTree] {
    match trees {
        [first, rest @ .., last] if is_punct(first, '<') && is_punct(last, '>') => rest,
        [first, rest @ ..] if is_punct(first, '<') => {
            errors.report(first, messages::unclosed_angle_bracket());
            rest
        }
        _ => trees,
    }
}

/// One statement, or several where a `;` is missing.
fn statements(trees: &[TokenTree], cluster: &mut Cluster, errors: &mut Errors) {
    let (before, errors_before) = (cluster.statements.len(), errors.len());
    let outcome = parse_all(trees.iter().cloned().collect(), |input| {
        let mut comma_reported = false;
        while !input.is_empty() {
            if foreign::statement(input, errors)? {
                continue;
            }
            let begin = input.cursor();
            statement(input, cluster, errors)?;
            let is_link = |last: &Statement| !matches!(last, Statement::Declaration(last) if last.shapes.is_empty());
            if cluster.statements.last().is_some_and(is_link) {
                foreign::conditions_behind(begin, input)?;
            }
            if input.peek(Token![,]) {
                let comma: Token![,] = input.parse()?;
                if !std::mem::replace(&mut comma_reported, true) {
                    errors.report(comma, messages::comma_between_statements());
                }
            } else if input.peek(Token![#]) && !is_documentation(&input.fork()) {
                refuse_docs(&docs(input, errors)?, errors);
            } else if input.peek(Ident) || input.peek(token::Bracket) || input.peek(Token![#]) {
                let rest = input.cursor().token_stream().into_iter().count();
                let before = &trees[trees.len().saturating_sub(rest + 1)];
                refuse_missing_semicolon(before, input, cluster, errors);
            } else if !input.is_empty() {
                let message = messages::stray(&tokens::next_text(input));
                return Err(Error::new_spanned(input.cursor().token_stream(), message));
            }
        }
        Ok(())
    });
    let is_unreadable = outcome.is_err();
    outcome.unwrap_or_else(|error| errors.push(error));
    let is_wrong = errors.len() > errors_before;
    for statement in &mut cluster.statements[before..] {
        if let Statement::Declaration(declaration) = statement {
            // A name alone may be a part of a link, or the first word of another statement.
            declaration.is_broken |= is_unreadable || is_wrong && is_bare(declaration);
        }
    }
}

/// Another statement comes next, and there is no `;` after what is before it.
fn refuse_missing_semicolon(before: &TokenTree, input: ParseStream, cluster: &Cluster, errors: &mut Errors) {
    let ((end, last), next) = (end_of(before), tokens::next_text(input));
    let message = match cluster.statements.last() {
        Some(Statement::Declaration(declaration)) if is_bare(declaration) => {
            errors.half_written(HalfWritten::Word("statements", declaration.name.clone()));
            messages::missing_semicolon_or_link(&last, &next)
        }
        _ => messages::missing_semicolon(&last, &next),
    };
    errors.push(Error::new(end, message));
}

/// Whether doc comments come before a declaration, not at the end of a statement.
fn is_documentation(input: ParseStream) -> bool {
    input.call(Attribute::parse_outer).is_ok_and(|_| !input.is_empty())
}

/// Whether it is a name alone, which may also be the first word of another statement.
fn is_bare(declaration: &Declaration) -> bool {
    let Declaration { count, body, kind, shapes, .. } = declaration;
    matches!(count, Count::One) && body.is_none() && kind.is_none() && shapes.is_empty()
}

/// The last token of a tree.
fn end_of(tree: &TokenTree) -> (Span, String) {
    match tree {
        TokenTree::Group(group) => {
            let end = code(tree).chars().last().map(String::from);
            (group.span_close(), end.unwrap_or_default())
        }
        tree => (tree.span(), code(tree)),
    }
}

fn statement(input: ParseStream, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    let (docs, before) = (docs(input, errors)?, cluster.statements.len());
    if !input.is_empty() {
        undocumented_statement(input, cluster, errors)?;
    }
    match cluster.statements[before..].first_mut() {
        Some(Statement::Declaration(declaration)) => declaration.docs = docs,
        _ => refuse_docs(&docs, errors),
    }
    Ok(())
}

fn undocumented_statement(input: ParseStream, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    if input.peek(Token![use]) {
        return default_kind(input, cluster, errors);
    }
    if let Some((brackets, name)) = declaration::count_before_name(input, errors) {
        let count = declaration::count(Some(brackets), errors);
        return declaration(input, name, count, cluster, errors);
    }
    if requirement::peek(input) {
        let requirement = requirement::requirement(input, errors)?;
        cluster.statements.push(Statement::Requirement(requirement.into()));
        return Ok(());
    }
    if name::skip_words(input, errors)? && input.is_empty() {
        return Ok(());
    }
    if let Some(name) = name::dashed(input, errors) {
        let count = declaration::count(group(input, Delimiter::Bracket), errors);
        return declaration(input, name, count, cluster, errors);
    }
    if begins_with_set(&input.fork()) {
        return arrow::arrows(input, cluster, errors);
    }
    let name = name::name(input, errors, messages::expected_statement)?;
    if input.peek(Token![!]) && input.peek2(token::Paren) {
        let exclamation: Token![!] = input.parse()?;
        if Pattern::meant(&name.to_string()).is_some() {
            errors.report(exclamation, messages::exclamation(&code(&name)));
        }
    }
    if let Some(count) = declaration::misbracketed_count(input, &name, errors)? {
        return declaration(input, name, count, cluster, errors);
    }
    let sets = group(input, Delimiter::Parenthesis).map(|sets| (name.clone(), sets));
    if let Some((name, sets)) = sets.or_else(|| foreign::sets(input, &name, errors)) {
        cluster.statements.push(Statement::Call(call(&name, Some(sets), Position::Statement, errors)));
        return Ok(());
    }
    let count = declaration::count(group(input, Delimiter::Bracket), errors);
    tokens::refuse_second_brackets(input, errors);
    declaration(input, name, count, cluster, errors)
}

/// Whether a list comes next, or a path that goes on with an arrow or a member.
fn begins_with_set(input: ParseStream) -> bool {
    let is_name = input.peek(Ident::peek_any) || input.peek(LitStr);
    if input.peek(token::Bracket) || input.peek(token::Paren) {
        return true;
    }
    let is_set = is_name || input.peek(token::Brace);
    let _ = input.parse::<TokenTree>();
    while input.peek(token::Bracket) && input.parse::<TokenTree>().is_ok() {}
    is_set && lookahead::is_arrow(input) || is_name && (input.peek(Token![.]) || input.peek(Token![::]))
}

/// The rest of a declaration. After an error its readable part is kept, so that its name is declared.
fn declaration(
    input: ParseStream,
    name: Ident,
    count: Count,
    cluster: &mut Cluster,
    errors: &mut Errors,
) -> Result<()> {
    let body = body(input, errors);
    let (docs, kind, shapes) = (Vec::new(), None, Vec::new());
    let mut declaration = Declaration { docs, name, count, body, kind, shapes, is_broken: false };
    let outcome = declaration::kind_and_shapes(input, &mut declaration, errors);
    declaration.is_broken |= outcome.is_err();
    cluster.statements.push(Statement::Declaration(declaration.into()));
    outcome
}

/// The braces of a cluster.
fn body(input: ParseStream, errors: &mut Errors) -> Option<Cluster> {
    let braces = group(input, Delimiter::Brace)?;
    let before = errors.len();
    let trees: Vec<TokenTree> = braces.stream().into_iter().collect();
    let body = cluster(&trees, errors);
    if body.statements.is_empty() && errors.len() == before {
        errors.report(&braces, messages::empty_body());
    }
    Some(body)
}

fn docs(input: ParseStream, errors: &mut Errors) -> Result<Vec<Attribute>> {
    let mut docs = Vec::new();
    while input.peek(Token![#]) {
        if input.peek2(Token![!]) {
            for attribute in input.call(Attribute::parse_inner)? {
                errors.report(attribute, messages::inner_docs());
            }
        } else if !input.peek2(token::Bracket) {
            return Err(unexpected(input, |_| messages::hash()));
        }
        for attribute in input.call(Attribute::parse_outer)? {
            if attribute.path().is_ident("doc") {
                docs.push(attribute);
            } else {
                errors.report(&attribute, messages::attribute(&code(&attribute)));
            }
        }
    }
    Ok(docs)
}

fn refuse_docs(docs: &[Attribute], errors: &mut Errors) {
    if let Some(doc) = docs.first() {
        errors.report(doc, messages::misplaced_docs());
    }
}

/// `use KIND;`
fn default_kind(input: ParseStream, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    let token: Token![use] = input.parse()?;
    let kind = expression::kind(input, token, "use", errors)?;
    if let Some(first) = &cluster.kind {
        errors.report_both(token, &messages::second_use(), first.token, &messages::first_given());
        return Ok(());
    }
    if !cluster.statements.is_empty() {
        errors.report(token, messages::late_use(&code(&kind)));
    }
    cluster.kind = Some(DefaultKind { token, kind });
    Ok(())
}
