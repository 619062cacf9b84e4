//! What comes next, and what was read.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Result, Token};

use crate::errors::Errors;
use crate::messages;

pub fn is_punct(tree: &TokenTree, character: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Whether the text of a token is that of a name.
pub fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The error at what comes next; `message` gets its text. A doc comment has a message of its own.
pub fn unexpected(input: ParseStream, message: impl FnOnce(&str) -> String) -> Error {
    let docs = input.fork().call(Attribute::parse_outer).ok().and_then(|docs| docs.into_iter().next());
    match (docs, sign(&input.fork())) {
        (Some(doc), _) if doc.path().is_ident("doc") => Error::new_spanned(doc, messages::misplaced_docs()),
        (_, Ok(next)) => Error::new_spanned(next, message(&next_text(input))),
        (_, Err(_)) => input.error(message("nothing")),
    }
}

/// What comes next, as messages show it.
pub fn next_text(input: ParseStream) -> String {
    sign(&input.fork()).map_or_else(|_| "nothing".into(), |next| messages::found(&next))
}

/// The next token, or the signs that are written together.
pub fn sign(input: ParseStream) -> Result<TokenStream> {
    let mut sign = TokenStream::new();
    loop {
        let tree: TokenTree = input.parse()?;
        let is_last = !matches!(&tree, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint);
        sign.extend([tree]);
        // A `;` right after it is not in the input.
        if is_last || input.is_empty() {
            return Ok(sign);
        }
    }
}

/// Sets with a comma between each two, whatever is between them: `a b`, `a; b`, `a -> b`.
pub fn with_commas(tokens: TokenStream) -> TokenStream {
    let mut separated: Vec<TokenTree> = Vec::new();
    for mut tree in tokens {
        let (is_separator, is_set) = match &mut tree {
            TokenTree::Punct(punct) => (!matches!(punct.as_char(), '.' | '=' | ':'), false),
            TokenTree::Ident(word) => (["to", "and", "with"].contains(&&*word.to_string()), true),
            TokenTree::Group(list) if list.delimiter() == Delimiter::Bracket && !is_index(list) => {
                let span = list.span();
                *list = Group::new(Delimiter::Bracket, with_commas(list.stream()));
                list.set_span(span);
                (false, true)
            }
            TokenTree::Group(group) => (false, !is_index(group)),
            TokenTree::Literal(_) => (false, true),
        };
        let is_after_set = !matches!(separated.last(), None | Some(TokenTree::Punct(_)));
        if is_after_set && (is_separator || is_set) {
            let mut comma = Punct::new(',', Spacing::Alone);
            comma.set_span(tree.span());
            separated.push(comma.into());
        }
        if !is_separator {
            separated.push(tree);
        }
    }
    separated.into_iter().collect()
}

/// The texts of the next tokens. Signs that are written together are one, brackets are the one that opens them, and after the
/// last token there are empty texts.
pub fn ahead<const N: usize>(input: ParseStream) -> [String; N] {
    let mut cursor = input.cursor();
    std::array::from_fn(|_| {
        let mut text = String::new();
        while let Some((tree, rest)) = cursor.token_tree() {
            cursor = rest;
            match tree {
                TokenTree::Punct(punct) => {
                    text.push(punct.as_char());
                    if punct.spacing() == Spacing::Joint {
                        continue;
                    }
                }
                TokenTree::Group(group) => text += opening(group.delimiter()),
                word => text += &word.to_string(),
            }
            break;
        }
        text
    })
}

fn opening(delimiter: Delimiter) -> &'static str {
    match delimiter {
        Delimiter::Parenthesis => "(",
        Delimiter::Bracket => "[",
        Delimiter::Brace => "{",
        Delimiter::None => "",
    }
}

/// The next group, whatever its brackets. It stays.
pub fn next_group(input: ParseStream) -> Option<Group> {
    input.fork().parse().ok()
}

/// The next group, if it has this delimiter.
pub fn group(input: ParseStream, delimiter: Delimiter) -> Option<Group> {
    next_group(input).filter(|group| group.delimiter() == delimiter)?;
    input.parse().ok()
}

/// Whether it is an index, a range or a count, not a list.
fn is_index(group: &Group) -> bool {
    let has = |sign| group.stream().into_iter().any(|tree| is_punct(&tree, sign));
    group.delimiter() == Delimiter::Bracket && ![',', ';', '='].into_iter().any(has)
}

/// Further brackets after those of a name, which are reported.
pub fn refuse_second_brackets(input: ParseStream, errors: &mut Errors) {
    while next_group(input).is_some_and(|group| is_index(&group)) {
        errors.report(input.parse::<Group>().ok(), messages::second_brackets());
    }
}

/// What was read since `begin`.
pub fn since(begin: Cursor, input: ParseStream) -> TokenStream {
    let trees = std::iter::successors(begin.token_tree(), |(_, cursor)| cursor.token_tree());
    trees.take_while(|(_, cursor)| *cursor <= input.cursor()).map(|(tree, _)| tree).collect()
}

/// The next tokens up to a comma, or all.
pub fn before_comma(input: ParseStream) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// A group of braces or brackets that is within more than `most` others.
pub fn nested_deeper(tokens: TokenStream, most: usize) -> Option<Group> {
    tokens.into_iter().find_map(|tree| {
        let TokenTree::Group(group) = tree else { return None };
        let is_counted = matches!(group.delimiter(), Delimiter::Brace | Delimiter::Bracket);
        match most.checked_sub(usize::from(is_counted)) {
            Some(most) => nested_deeper(group.stream(), most),
            None => Some(group),
        }
    })
}
