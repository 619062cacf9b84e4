//! Names in the expansion, and where its tokens are shown.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};

pub fn default_kind() -> Ident {
    Ident::new("kind", Span::mixed_site())
}

pub fn local(name: &str, index: usize) -> Ident {
    format_ident!("{name}_{index}", span = Span::mixed_site())
}

pub fn usize_literal(number: u64) -> TokenStream {
    Literal::u64_unsuffixed(number).into_token_stream()
}

/// The user's name where the editor should not lead to.
pub fn unspan(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(Span::mixed_site());
    name
}

/// The same tokens, shown where `written` begins.
pub fn respan_at(tokens: TokenStream, written: Option<&impl ToTokens>) -> TokenStream {
    match written {
        Some(written) => respan(tokens, ends(written).0),
        None => tokens,
    }
}

/// A call that is shown where `written` begins; its arguments are shown where they are written.
pub fn call_at(function: TokenStream, arguments: TokenStream, written: Option<&impl ToTokens>) -> TokenStream {
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    if let Some(written) = written {
        arguments.set_span(ends(written).0.resolved_at(Span::mixed_site()));
    }
    let function = respan_at(function, written);
    quote_spanned!(Span::mixed_site()=> #function #arguments)
}

/// An argument whose errors are shown where `written` begins, where the editor does not find what is in it.
pub fn braced_at(argument: TokenStream, written: &impl ToTokens) -> Group {
    let mut braces = Group::new(Delimiter::Brace, argument);
    braces.set_span(ends(written).0.resolved_at(Span::mixed_site()));
    braces
}

/// The line where `written` begins, at run time. The whole call has its span: else it would return the line of the macro.
pub fn location(written: &impl ToTokens) -> TokenStream {
    quote_spanned!(ends(written).0=> runtime::__private::here())
}

/// The spans of the first and the last token.
pub fn ends(written: &impl ToTokens) -> (Span, Span) {
    let mut spans = written.to_token_stream().into_iter().map(|tree| tree.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

/// The same tokens, shown at `span`.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut tree| {
            if let TokenTree::Group(group) = &mut tree {
                *group = Group::new(group.delimiter(), respan(group.stream(), span));
                group.set_span(span.resolved_at(Span::mixed_site()));
            } else {
                tree.set_span(span.resolved_at(tree.span()));
            }
            tree
        })
        .collect()
}
