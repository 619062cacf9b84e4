//! `NAME[count] = KIND: shape + shape`, `NAME[count] { statements }: shape + shape`

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Expr, Ident, LitInt, RangeLimits, Result, Token, parse_quote, token};

use super::call::call;
use super::expression::{self, parse_all};
use super::lookahead::{begins_condition, holds_arguments, is_arrow};
use super::tokens::{ahead, group, is_punct, is_word, next_group, unexpected};
use crate::ast::{Count, Declaration};
use crate::code::code;
use crate::errors::{Errors, HalfWritten};
use crate::literal::{self, without_groups};
use crate::messages;
use crate::pattern::{Pattern, Position};

/// The count in the brackets after a name.
pub fn count(brackets: Option<Group>, errors: &mut Errors) -> Count {
    let Some(brackets) = brackets else { return Count::One };
    let mut trees: Vec<TokenTree> = brackets.stream().into_iter().collect();
    let is_dyn = matches!(trees.first(), Some(TokenTree::Ident(word)) if word == "dyn");
    trees.drain(..usize::from(is_dyn));
    match parse_count(trees, &brackets) {
        Ok(count) if is_dyn => Count::Dyn(count),
        Ok(count) => Count::Constant(count),
        Err(error) => {
            errors.push(error);
            // The field is a `Vec`, as it will be.
            if is_dyn { Count::Dyn(parse_quote!(1)) } else { Count::Unknown }
        }
    }
}

fn parse_count(trees: Vec<TokenTree>, brackets: &Group) -> Result<Expr> {
    if trees.is_empty() {
        return Err(Error::new_spanned(brackets, messages::empty_count()));
    }
    let parsed = expression::expression(trees.iter().cloned().collect(), "count");
    match (&parsed, foreign_count(&trees)) {
        (Ok(Expr::Assign(_)) | Err(_), Some(count)) => {
            Err(Error::new_spanned(brackets, messages::no_count(&code(count))))
        }
        (Ok(expression), _) if let Expr::Range(range) = without_groups(expression) => {
            let bound = |bound: &Option<Box<Expr>>| bound.as_ref().map_or(Ok(Some(0)), |bound| literal::whole(bound));
            let length = match (bound(&range.start), bound(&range.end)) {
                (Ok(Some(from)), Ok(Some(to))) => to.checked_sub(from),
                _ => None,
            };
            let length = length.map(|length| length + u64::from(matches!(range.limits, RangeLimits::Closed(_))));
            Err(Error::new_spanned(range, messages::no_count(&length.unwrap_or(4).to_string())))
        }
        _ => parsed,
    }
}

/// The count in what other languages have in brackets: `k[_; 5]`, `k[3, 3]`, and none in `a [label="A"]`.
fn foreign_count(trees: &[TokenTree]) -> Option<TokenStream> {
    let position = |sign| trees.iter().position(|tree| is_punct(tree, sign));
    let count = match (position(';'), position('='), position(',')) {
        (Some(semicolon), ..) => &trees[semicolon + 1..],
        (None, Some(_), _) => &[],
        (None, None, comma) => &trees[..comma?],
    };
    Some(count.iter().cloned().collect())
}

/// `[5]k` for `k[5]`: reported, and read as what was meant.
pub fn count_before_name(input: ParseStream, errors: &mut Errors) -> Option<(Group, Ident)> {
    let ahead = input.fork();
    let brackets = group(&ahead, Delimiter::Bracket)?;
    if is_arrow(&ahead) || brackets.stream().is_empty() {
        return None;
    }
    let name: Ident = ahead.parse().ok()?;
    errors.report(&brackets, messages::count_after_name(&code(&name), &code(brackets.stream()), ""));
    Some((input.parse().ok()?, input.parse().ok()?))
}

/// `k(4)`, `k{4}` or `k 4` for `k[4]`: reported, and read as what was meant. `clique(4)` may stand for `k[4]: clique`.
pub fn misbracketed_count(input: ParseStream, name: &Ident, errors: &mut Errors) -> Result<Option<Count>> {
    let content = match input.fork().parse() {
        Ok(TokenTree::Group(group)) if group.delimiter() != Delimiter::Bracket => group.stream(),
        Ok(TokenTree::Literal(literal)) => literal.to_token_stream(),
        _ => return Ok(None),
    };
    let written: TokenTree = input.fork().parse()?;
    let holds_number = syn::parse2::<LitInt>(content.clone()).is_ok();
    let pattern = Pattern::meant(&name.to_string()).filter(|_| holds_number);
    if let Some(pattern) = pattern.filter(|pattern| pattern.is_bare()) {
        let message = messages::number_as_nodes(pattern, &code(content));
        return Err(Error::new_spanned(quote!(#name #written), message));
    }
    // Any other braces hold a cluster, and any other parentheses sets.
    let [opening, next] = ahead(input);
    let is_count = opening == "(" && matches!(&*next, ":" | "=") || holds_number && pattern.is_none();
    if content.is_empty() || !is_count {
        return Ok(None);
    }
    errors.report(&written, messages::in_brackets(&code(name), &code(&content)));
    input.parse::<TokenTree>()?;
    Ok(Some(count(Some(Group::new(Delimiter::Bracket, content)), errors)))
}

/// What follows the name, the count and the braces.
pub fn kind_and_shapes(input: ParseStream, declaration: &mut Declaration, errors: &mut Errors) -> Result<()> {
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        if declaration.body.is_some() {
            errors.report(equals, messages::kind_of_cluster());
        }
        let kind = expression::kind(input, equals, "=", errors)?;
        declaration.is_broken = kind.is_none();
        match kind.as_ref().and_then(|kind| no_kind(kind, declaration)) {
            Some(refusal) => errors.report(kind, refusal),
            None => declaration.kind = kind,
        }
    }
    if input.peek(Token![:]) {
        let colon: Token![:] = input.parse()?;
        shapes(input, colon.to_token_stream(), declaration, errors)?;
    } else if let Some((shape, parentheses)) = next_shape(input) {
        let written = code(quote!(#shape #parentheses));
        errors.report(&shape, messages::missing_colon(&declaration.source_text(), &written));
        shapes(input, shape.to_token_stream(), declaration, errors)?;
    }
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        if let Some(kind) = expression::kind(input, equals, "=", errors)? {
            declaration.kind = Some(kind);
            errors.report(
                equals,
                messages::kind_after_shapes(&format!("{}{}", declaration.counted_name(), declaration.rest())),
            );
        }
    }
    if declaration.body.is_none() && input.peek(token::Brace) && !declaration.shapes.is_empty() {
        let braces: TokenTree = input.parse()?;
        errors.report(braces, messages::body_after_shapes());
        declaration.count = Count::Unknown;
    }
    Ok(())
}

/// What is written like a kind and is a shape, or a set: `k[4] = ring`, `k = ring(4)`, `leaves = [a, b]`.
fn no_kind(kind: &Expr, declaration: &Declaration) -> Option<String> {
    if let Expr::Array(_) = without_groups(kind) {
        return Some(messages::set_as_kind(&code(kind)));
    }
    let (name, content): (Ident, Option<Group>) =
        parse_all(kind.to_token_stream(), |input| Ok((input.parse()?, group(input, Delimiter::Parenthesis)))).ok()?;
    let pattern = Pattern::named(&name.to_string())?;
    Some(match content.filter(|content| pattern.is_bare() && !holds_arguments(content)) {
        Some(content) => {
            messages::shape_as_kind(&format!("{}[{}]", code(&declaration.name), code(content.stream())), pattern.name())
        }
        None => messages::shape_as_kind(&declaration.source_text(), &code(kind)),
    })
}

/// Shapes, with `+` between them.
fn shapes(
    input: ParseStream,
    mut after: TokenStream,
    declaration: &mut Declaration,
    errors: &mut Errors,
) -> Result<()> {
    loop {
        let [next] = ahead(input);
        if next.is_empty() || next == "=" {
            errors.report(&after, messages::missing_shape(code(&after).trim()));
            declaration.is_broken |= declaration.shapes.is_empty();
            errors.half_written(HalfWritten::Word("shapes", HalfWritten::nothing()));
            return Ok(());
        }
        refuse_no_shape(input, declaration)?;
        if let Some(kind) = kind_after_colon(input)? {
            errors.report(&kind, messages::kind_after_colon(&declaration.source_text(), &code(&kind)));
            return Ok(());
        }
        let name = input.call(Ident::parse_any)?;
        let parentheses =
            group(input, Delimiter::Parenthesis).or_else(|| misbracketed(input, &name, declaration, errors));
        if declaration.is_broken {
            return Ok(());
        }
        declaration.shapes.push(call(&name, parentheses, Position::Declaration, errors));
        if input.peek(Token![+]) {
            after = input.parse::<Token![+]>()?.to_token_stream();
        } else if let Some(separator) = foreign_separator(input) {
            errors.report(&separator, messages::shapes_not_joined_by(&separator.to_string()));
        } else if let Some((next, parentheses)) = next_shape(input) {
            let next = quote!(#next #parentheses);
            errors.report(&next, messages::missing_plus(&code(&next)));
        } else {
            return Ok(());
        }
    }
}

/// What is no word, or begins conditions, where a shape is expected: `ring + 4`, `k: latency = 5ms`.
fn refuse_no_shape(input: ParseStream, declaration: &Declaration) -> Result<()> {
    let [next] = ahead(input);
    if begins_condition(input) {
        let conditions: TokenStream = input.parse()?;
        let message = messages::conditions_as_shape(&code(&conditions));
        return Err(Error::new_spanned(conditions, message));
    }
    if next == "{" && declaration.body.is_none() {
        return Err(unexpected(input, |_| messages::colon_before_body(&declaration.counted_name())));
    }
    if is_word(&next) {
        return Ok(());
    }
    let is_list = next_group(input).is_some_and(|group| group.stream().into_iter().count() != 1);
    if !input.peek(LitInt) && (next != "[" || is_list) {
        return Err(unexpected(input, messages::expected_shape));
    }
    let (count, name) = (code(input.fork().parse::<TokenTree>()?), code(&declaration.name));
    Err(unexpected(input, |_| messages::number_as_shape(&name, count.trim_matches(['[', ']']))))
}

/// `Loopback::new()` where a shape is expected.
fn kind_after_colon(input: ParseStream) -> Result<Option<Expr>> {
    let [name, colons] = ahead(input);
    if colons != "::" && !(name.starts_with(char::is_uppercase) && Pattern::meant(&name).is_none()) {
        return Ok(None);
    }
    match input.parse().map_err(|error| expression::unreadable(&error, "kind"))? {
        // `a: Loopback = Loopback::new()`
        Expr::Assign(typed) => Ok(Some(*typed.right)),
        kind => Ok(Some(kind)),
    }
}

/// Brackets after a shape: `star[c]` is `star(c)`, and in `k: ring[5]` and `ring: k[5]` they are a count.
fn misbracketed(
    input: ParseStream,
    shape: &Ident,
    declaration: &mut Declaration,
    errors: &mut Errors,
) -> Option<Group> {
    let pattern = Pattern::named(&shape.to_string());
    let written = match next_group(input) {
        Some(written) => written,
        None if pattern.is_some_and(|pattern| !pattern.is_bare()) => argument_behind(input)?,
        None => return None,
    };
    let takes_some = pattern.is_some_and(|pattern| !pattern.is_bare()) || holds_arguments(&written);
    if written.delimiter() == Delimiter::Brace && (!takes_some || written.stream().is_empty()) {
        return None;
    }
    input.parse::<TokenTree>().ok()?;
    let (name, word, content) = (code(&declaration.name), code(shape), code(written.stream()));
    if takes_some {
        errors.report(quote!(#shape #written), messages::parentheses(&word, &content));
        return Some(written);
    }
    let is_swapped = pattern.is_none() && Pattern::named(&name).is_some();
    let (group, shape) = if is_swapped { (word, name) } else { (name, word) };
    errors.report(&written, messages::count_after_name(&group, &content, &format!(": {shape}")));
    declaration.is_broken = true;
    declaration.count = Count::Unknown;
    None
}

/// The `hub` of `star hub`, if the shape ends with it.
fn argument_behind(input: ParseStream) -> Option<Group> {
    let [_, end] = ahead(input);
    let argument: TokenTree = input.fork().parse().ok()?;
    let is_one = matches!(argument, TokenTree::Ident(_) | TokenTree::Literal(_)) && matches!(&*end, "" | "+");
    let mut group = Group::new(Delimiter::Parenthesis, argument.clone().into());
    group.set_span(argument.span());
    is_one.then_some(group)
}

/// What other languages have between shapes, if a shape follows: `ring, star(a)`, `ring & star(a)`.
fn foreign_separator(input: ParseStream) -> Option<TokenTree> {
    let ahead = input.fork();
    let separator: TokenTree = ahead.parse().ok()?;
    let is_separator = [",", ":", "|", "&", "*", "and", "with"].contains(&&*separator.to_string());
    (is_separator && next_shape(&ahead).is_some()).then(|| input.parse().ok())?
}

/// The next shape and its parentheses, if the next tokens can only be one of this declaration, not a statement of its own.
fn next_shape(input: ParseStream) -> Option<(Ident, Option<Group>)> {
    let ahead = input.fork();
    let name: Ident = ahead.parse().ok()?;
    let shape = Pattern::named(&name.to_string())?;
    let parentheses = group(&ahead, Delimiter::Parenthesis);
    let is_shape = match &parentheses {
        Some(parentheses) => holds_no_sets(shape, parentheses),
        None => shape.is_bare() && (ahead.is_empty() || ahead.peek(Token![+]) || next_shape(&ahead).is_some()),
    };
    is_shape.then_some((name, parentheses))
}

/// Whether parentheses are those of a shape, not those of a statement, which begin with its sets.
fn holds_no_sets(shape: Pattern, parentheses: &Group) -> bool {
    let mut trees = parentheses.stream().into_iter();
    if !shape.parameters().is_empty() {
        return matches!(trees.next(), Some(TokenTree::Literal(_)));
    }
    // After the only set there are conditions.
    if shape.has_two_sides() && trees.find(|tree| is_punct(tree, ',')).is_none() {
        return true;
    }
    holds_arguments(&Group::new(Delimiter::Parenthesis, trees.collect()))
}
