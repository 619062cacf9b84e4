//! Names of ours, and where tokens are shown.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};

pub fn default_kind() -> Ident {
    Ident::new("kind", Span::mixed_site())
}

pub fn local(name: &str, index: usize) -> Ident {
    format_ident!("{name}_{index}", span = Span::mixed_site())
}

/// The user's name in a place that the editor should not lead to.
pub fn unspan(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(Span::mixed_site());
    name
}

/// The same tokens, shown where `written` begins.
pub fn respan_at(tokens: TokenStream, written: Option<&impl ToTokens>) -> TokenStream {
    match written {
        Some(written) => respan(tokens, ends(&written.to_token_stream()).0),
        None => tokens,
    }
}

/// The line where `written` begins, at run time. The whole call is placed there: else it would tell that of the macro.
pub fn place(written: &impl ToTokens) -> TokenStream {
    let (first, _) = ends(&written.to_token_stream());
    quote_spanned!(first=> runtime::__private::here())
}

/// Where tokens begin and end.
pub fn ends(tokens: &TokenStream) -> (Span, Span) {
    let mut spans = tokens.clone().into_iter().map(|tree| tree.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

/// The same tokens, shown at `span`.
pub fn respan(tokens: TokenStream, span: Span) -> TokenStream {
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
