//! `NAME[count] = KIND: shape + shape`, `NAME[count] { statements }: shape + shape`

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Expr, ExprPath, Ident, LitInt, RangeLimits, Result, Token, parse_quote, token};

use super::call::call;
use super::lookahead::holds_arguments;
use super::tokens::{group, is_punct, unexpected};
use super::{arrow, expression};
use crate::ast::{Count, Declaration};
use crate::code::code;
use crate::errors::{Errors, HalfWritten};
use crate::expression::without_groups;
use crate::messages;
use crate::number;
use crate::pattern::{Pattern, Position};

/// The count in the brackets after a name.
pub fn count(name: &Ident, brackets: Option<Group>, errors: &mut Errors) -> Count {
    let Some(brackets) = brackets else { return Count::Single };
    parse_count(name, &brackets).unwrap_or_else(|error| {
        errors.push(error);
        match is_dyn(&brackets) {
            // The field is a `Vec`, as it will be.
            true => Count::Dyn(parse_quote!(1)),
            false => Count::Unreadable,
        }
    })
}

fn is_dyn(brackets: &Group) -> bool {
    matches!(brackets.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "dyn")
}

fn parse_count(name: &Ident, brackets: &Group) -> Result<Count> {
    let trees: Vec<TokenTree> = brackets.stream().into_iter().collect();
    let is_dyn = is_dyn(brackets);
    let expression = &trees[usize::from(is_dyn)..];
    if expression.is_empty() {
        return Err(Error::new_spanned(brackets, messages::EMPTY_COUNT));
    }
    let name = code(name);
    let parsed = expression::expression(expression.iter().cloned().collect(), "count");
    let expression = match (parsed, foreign_count(&name, expression)) {
        (Ok(expression), _) if !matches!(expression, Expr::Assign(_)) => expression,
        (_, Some(message)) => return Err(Error::new_spanned(brackets, message)),
        (parsed, None) => parsed?,
    };
    if let Expr::Range(range) = without_groups(&expression) {
        let bound = |bound: &Option<Box<Expr>>| bound.as_ref().map_or(Ok(Some(0)), |bound| number::literal(bound));
        let length = match (bound(&range.start), bound(&range.end)) {
            (Ok(Some(from)), Ok(Some(to))) => to.checked_sub(from),
            _ => None,
        };
        let length = length.map(|length| length + u64::from(matches!(range.limits, RangeLimits::Closed(_))));
        return Err(Error::new_spanned(&expression, messages::range_as_count(&name, length.unwrap_or(4))));
    }
    Ok(if is_dyn { Count::Dyn(expression) } else { Count::Constant(expression) })
}

/// What other languages have in brackets: `k[_; 5]`, `a [label="A"]`, `k[3, 3]`.
fn foreign_count(name: &str, trees: &[TokenTree]) -> Option<String> {
    let after_semicolon = trees.iter().position(|tree| is_punct(tree, ';'));
    if let Some(semicolon) = after_semicolon {
        let count: TokenStream = trees[semicolon + 1..].iter().cloned().collect();
        return Some(messages::array_as_count(name, &code(count)));
    }
    if trees.get(1).is_some_and(|tree| is_punct(tree, '=')) && matches!(trees[0], TokenTree::Ident(_)) {
        return Some(messages::attributes_as_count(name));
    }
    let comma = trees.iter().position(|tree| is_punct(tree, ','))?;
    Some(messages::several_counts(name, &code(trees[..comma].iter().cloned().collect::<TokenStream>())))
}

/// `[5]k` for `k[5]`: reported, and read as what was meant.
pub fn count_before_name(input: ParseStream, errors: &mut Errors) -> Option<(Group, Ident)> {
    let ahead = input.fork();
    let brackets = group(&ahead, Delimiter::Bracket)?;
    if arrow::peek(&ahead) || brackets.stream().is_empty() {
        return None;
    }
    let name: Ident = ahead.parse().ok()?;
    errors.report(&brackets, messages::count_before_name(&code(&name), &code(brackets.stream())));
    Some((group(input, Delimiter::Bracket)?, input.parse().ok()?))
}

/// `k(4)` or `k{4}` for `k[4]`: reported, and read as what was meant.
pub fn misbracketed_count(input: ParseStream, name: &Ident, errors: &mut Errors) -> Option<Count> {
    let ahead = input.fork();
    let written = group(&ahead, Delimiter::Parenthesis).or_else(|| group(&ahead, Delimiter::Brace))?;
    let holds_number = syn::parse2::<LitInt>(written.stream()).is_ok();
    let goes_on = ahead.peek(Token![:]) || ahead.peek(Token![=]);
    let is_count = match written.delimiter() {
        // Any other braces hold a cluster.
        Delimiter::Brace => holds_number,
        _ => goes_on || holds_number && Pattern::meant(&name.to_string()).is_none(),
    };
    if written.stream().is_empty() || !is_count {
        return None;
    }
    group(input, written.delimiter());
    errors.report(&written, messages::brackets_for_count(&code(name), &code(written.stream())));
    Some(count(name, Some(written), errors))
}

/// What follows the name, the count and the braces.
pub fn kind_and_shapes(input: ParseStream, declaration: &mut Declaration, errors: &mut Errors) -> Result<()> {
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        if declaration.body.is_some() {
            errors.report(equals, messages::KIND_OF_CLUSTER);
        }
        let kind = expression::kind(input, equals, "=", errors)?;
        let refusal = kind.as_ref().and_then(|kind| no_kind(kind, declaration));
        declaration.is_broken = kind.is_none();
        match (refusal, kind) {
            (Some(refusal), Some(kind)) => errors.report(kind, refusal),
            (_, kind) => declaration.kind = kind,
        }
    }
    if input.peek(Token![:]) {
        let colon: Token![:] = input.parse()?;
        shapes(input, colon.to_token_stream(), ":", declaration, errors)?;
    } else if is_shape(input) {
        let ahead = input.fork();
        let shape: Ident = ahead.parse()?;
        let parentheses = group(&ahead, Delimiter::Parenthesis);
        let written = code(quote!(#shape #parentheses));
        errors.report(&shape, messages::missing_colon(&declaration.source_text(), &written));
        shapes(input, shape.to_token_stream(), ":", declaration, errors)?;
    }
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        if let Some(kind) = expression::kind(input, equals, "=", errors)? {
            let shapes: Vec<String> = declaration.shapes.iter().map(code).collect();
            let moved = format!("{} = {}: {}", declaration.source_text(), code(&kind), shapes.join(" + "));
            errors.report(equals, messages::kind_after_shapes(&moved));
            declaration.kind = Some(kind);
        }
    }
    if declaration.body.is_none() && input.peek(token::Brace) && !declaration.shapes.is_empty() {
        let braces: TokenTree = input.parse()?;
        errors.report(braces, messages::BODY_AFTER_SHAPES);
        declaration.count = Count::Unreadable;
    }
    Ok(())
}

/// What is written like a kind and is a shape, or a set: `k[4] = ring`, `leaves = [a, b]`.
fn no_kind(kind: &Expr, declaration: &Declaration) -> Option<String> {
    let pattern = |path: &ExprPath| Pattern::named(&path.path.get_ident()?.to_string());
    let shape = match without_groups(kind) {
        Expr::Array(_) => return Some(messages::set_as_kind(&code(kind))),
        Expr::Path(path) => pattern(path).map(|_| code(kind))?,
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return None };
            let pattern = pattern(path)?;
            match (call.args.first(), &declaration.count) {
                (Some(count), Count::Single)
                    if !matches!(count, Expr::Assign(_)) && pattern.form(Position::Declaration) == pattern.name() =>
                {
                    return Some(messages::shape_as_kind(
                        &format!("{}[{}]", code(&declaration.name), code(count)),
                        pattern.name(),
                    ));
                }
                _ => code(kind),
            }
        }
        _ => return None,
    };
    Some(messages::shape_as_kind(&declaration.source_text(), &shape))
}

/// Shapes, with `+` between them.
fn shapes(
    input: ParseStream,
    mut after: TokenStream,
    mut written: &str,
    declaration: &mut Declaration,
    errors: &mut Errors,
) -> Result<()> {
    loop {
        if input.is_empty() || input.peek(Token![=]) {
            errors.report(after, messages::missing_shape(written));
            errors.half_written(HalfWritten::Shape(HalfWritten::nothing()));
            return Ok(());
        }
        if input.peek(Token![#]) && input.peek2(token::Bracket) {
            return Err(Error::new_spanned(input.parse::<TokenStream>()?, messages::MISPLACED_DOCS));
        }
        if !input.peek(Ident::peek_any) {
            let number = input.peek(LitInt) || input.peek(token::Bracket);
            if number {
                let count: TokenTree = input.fork().parse()?;
                let count = code(count);
                let name = code(&declaration.name);
                return Err(unexpected(input, |_| messages::number_as_shape(&name, count.trim_matches(['[', ']']))));
            }
            return Err(unexpected(input, messages::expected_shape));
        }
        if let Some(kind) = kind_after_colon(input)? {
            errors.report(&kind, messages::kind_after_colon(&declaration.source_text(), &code(&kind)));
            return Ok(());
        }
        let name = input.call(Ident::parse_any)?;
        let parentheses = group(input, Delimiter::Parenthesis);
        let parentheses = match parentheses {
            None => misplaced_brackets(input, &name, declaration, errors),
            parentheses => parentheses,
        };
        if declaration.is_broken {
            return Ok(());
        }
        declaration.shapes.push(call(name, parentheses, Position::Declaration, errors));
        if input.peek(Token![+]) {
            let plus: Token![+] = input.parse()?;
            (after, written) = (plus.to_token_stream(), "+");
        } else if let Some(separator) = foreign_separator(input) {
            errors.report(&separator, messages::shapes_not_joined_by(&separator.to_string()));
        } else if is_shape(input) {
            let next: Ident = input.fork().parse()?;
            errors.report(next, messages::MISSING_PLUS);
        } else {
            return Ok(());
        }
    }
}

/// `Loopback::new()` where a shape is expected.
fn kind_after_colon(input: ParseStream) -> Result<Option<Expr>> {
    let is_kind = input.fork().parse::<Ident>().is_ok_and(|name| {
        let name = name.to_string();
        input.peek2(Token![::]) || name.starts_with(char::is_uppercase) && Pattern::meant(&name).is_none()
    });
    if !is_kind {
        return Ok(None);
    }
    input.parse().map(Some).map_err(|error| expression::unreadable(&error, "kind"))
}

/// Brackets after a shape: `star[c]` is `star(c)`, and in `k: ring[5]` and `ring: k[5]` they are a count.
fn misplaced_brackets(
    input: ParseStream,
    shape: &Ident,
    declaration: &mut Declaration,
    errors: &mut Errors,
) -> Option<Group> {
    let pattern = Pattern::named(&shape.to_string());
    let takes_some = pattern.is_some_and(|pattern| pattern.form(Position::Declaration) != pattern.name())
        || group(&input.fork(), Delimiter::Bracket).is_some_and(|brackets| holds_arguments(&brackets));
    let braces = group(&input.fork(), Delimiter::Brace).filter(|braces| takes_some && !braces.stream().is_empty());
    let written = group(&input.fork(), Delimiter::Bracket).or(braces)?;
    group(input, written.delimiter());
    let tokens = quote!(#shape #written);
    let (shape, content) = (code(shape), code(written.stream()));
    if takes_some {
        errors.report(tokens, messages::parentheses(&shape, &content));
        return Some(written);
    }
    let name = code(&declaration.name);
    let (group, shape) = match pattern {
        None if Pattern::named(&name).is_some() => (shape, name),
        _ => (name, shape),
    };
    errors.report(&written, messages::count_after_shape(&group, &content, &shape));
    declaration.is_broken = true;
    declaration.count = Count::Unreadable;
    None
}

/// What other languages have between shapes, if a shape follows: `ring, star(a)`, `ring & star(a)`.
fn foreign_separator(input: ParseStream) -> Option<TokenTree> {
    let ahead = input.fork();
    let separator: TokenTree = ahead.parse().ok()?;
    let is_separator = match &separator {
        TokenTree::Punct(punct) => matches!(punct.as_char(), ',' | ':' | '|' | '&' | '*'),
        TokenTree::Ident(word) => word == "and" || word == "with",
        _ => false,
    };
    if !is_separator || !is_shape(&ahead) {
        return None;
    }
    input.parse().ok()
}

/// Whether the next tokens can only be a shape of this declaration, not a statement of its own.
fn is_shape(input: ParseStream) -> bool {
    let ahead = input.fork();
    let Ok(name) = ahead.parse::<Ident>() else { return false };
    let Some(shape) = Pattern::named(&name.to_string()) else { return false };
    match group(&ahead, Delimiter::Parenthesis) {
        Some(parentheses) if shape.takes_parameters() => {
            // A statement begins with a set.
            matches!(parentheses.stream().into_iter().next(), Some(TokenTree::Literal(_)))
        }
        Some(parentheses) if shape.declaration_sets() == 0 => holds_arguments(&parentheses),
        Some(parentheses) => {
            let mut trees = parentheses.stream().into_iter();
            let second = trees.find(|tree| is_punct(tree, ',')).map(|_| trees.collect());
            second.is_none_or(|second| holds_arguments(&Group::new(Delimiter::Parenthesis, second)))
        }
        None => {
            let is_last = ahead.is_empty() || ahead.peek(Token![+]) || ahead.fork().peek(Ident) && is_shape(&ahead);
            !shape.takes_parameters() && shape.declaration_sets() == 0 && is_last
        }
    }
}
