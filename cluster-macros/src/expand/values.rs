//! The user's expressions, each evaluated once.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::ToTokens;

use super::expansion::Expansion;
use super::tokens::{default_kind, local, respan_at};
use crate::ast::Count;
use crate::model::{Kind, RunTimeValue};

impl Expansion<'_> {
    /// The name of each value, and its expression.
    pub fn values(&self) -> Vec<(Ident, TokenStream)> {
        let krate = self.krate;
        let mut values = Vec::new();
        match &self.model.kind {
            Some(Kind { value, .. }) => values.push((default_kind(), quote! { &(#value) })),
            None if self.model.groups().any(|node| self.kind(node).1.is_none()) => {
                values.push((default_kind(), quote! { &#krate::Loopback::new() }))
            }
            None => {}
        }
        for (node, declaration) in self.model.nodes.iter().enumerate() {
            if let Count::Dyn(count) = &declaration.count {
                // Many literals whose types are to be inferred cost rustc time with the square of their number.
                let value = match declaration.count.literal() {
                    Some(literal) => Literal::u64_suffixed(literal).into_token_stream(),
                    None => quote! { (#count) },
                };
                values.push((local("count", node), value));
            }
            if let Some(Kind { value, .. }) = &declaration.kind {
                values.push((local("kind", node), quote! { &(#value) }));
            }
        }
        // Functions come last, as a closure may move what a number is read from.
        let run_time = self.model.values.iter().enumerate();
        let (functions, numbers): (Vec<_>, Vec<_>) = run_time.partition(|(_, value)| value.is_function);
        for (index, RunTimeValue { expression, is_function }) in numbers.into_iter().chain(functions) {
            // Only as an argument of this can a closure do without the type of its parameter.
            let function = is_function.then(|| respan_at(quote! { #krate::__private::pairs }, Some(expression)));
            values.push((local("value", index), quote! { #function(#expression) }));
        }
        values
    }
}
