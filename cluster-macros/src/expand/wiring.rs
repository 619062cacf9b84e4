//! One call for each link, and for each requirement that the macro could not check.

use std::collections::HashMap;

use cluster_topology::Demand;
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

use super::expansion::Expansion;
use super::paths::owner;
use super::tokens::{braced_at, call_at, local, location, respan_at, unspan, usize_literal};
use crate::ast::Count;
use crate::code::code;
use crate::model::{Argument, Known, Link, Part, Requirement};
use crate::pattern::{Parameter, ParameterKind, Pattern, Value};

/// The statements of each cluster, in the order in which they were written.
type Statements = HashMap<Option<usize>, TokenStream>;

impl Expansion<'_> {
    /// All links, and then what must hold of them.
    pub fn wiring(&self) -> TokenStream {
        let (mut links, mut requirements) = (Statements::new(), Statements::new());
        for link in &self.model.links {
            links.entry(link.parent).or_default().extend(self.link(link));
        }
        for requirement in &self.model.requirements {
            requirements.entry(requirement.parent).or_default().extend(self.requirement(requirement));
        }
        let (links, requirements) =
            (self.repeat_in_instances(None, &links), self.repeat_in_instances(None, &requirements));
        // They come last, as they differ from what the editor expands with a name at the cursor.
        let references = self.references;
        let references = (!references.is_empty()).then(|| {
            quote! {
                #[allow(unexpected_cfgs)]
                {
                    #[cfg(rust_analyzer)]
                    { #(let _ = &net.#references;)* }
                }
            }
        });
        quote! { #links #requirements #references }
    }

    /// The statements of a cluster and of those in it, each in every instance of its cluster.
    fn repeat_in_instances(&self, cluster: Option<usize>, statements: &Statements) -> TokenStream {
        let mut wiring = statements.get(&cluster).cloned().unwrap_or_default();
        for member in self.model.members(cluster).filter(|member| self.model.nodes[*member].is_cluster) {
            let inside = self.repeat_in_instances(Some(member), statements);
            if inside.is_empty() {
                continue;
            }
            let (instance, owner) = (local("instance", member), owner(cluster));
            let name = unspan(&self.model.nodes[member].name);
            wiring.extend(match &self.model.nodes[member].count {
                Count::One => quote! { { let #instance = &#owner.#name; #inside } },
                _ => quote! { for #instance in &#owner.#name { #inside } },
            });
        }
        wiring
    }

    /// One call, which is shown at the statement, so that two kinds that cannot be linked are shown there.
    fn link(&self, link: &Link) -> TokenStream {
        let name = |name| Ident::new(name, Span::mixed_site()).into_token_stream();
        let function = match link.pattern {
            Pattern::OneWay => name("add_peer"),
            pattern if pattern.is_family() => name("family"),
            pattern => name(pattern.name()),
        };
        let pattern = self.pattern(link);
        let first = pattern.is_some().then(|| {
            let (location, written) = (location(&link.token), link.source_text());
            quote! { &net.__cluster, #location, #written, }
        });
        let sides = link.sides().into_iter().map(|side| self.set(&side));
        let arguments = sides.chain(pattern).map(|argument| braced_at(argument, &link.token));
        let function = respan_at(function, Some(&link.token));
        let call = call_at(function, quote! { #first #(#arguments),* }, Some(&link.token));
        let call = self.conditioned(link, call);
        quote! { #call; }
    }

    /// The call, whose links have the conditions, from the place of the first of them.
    fn conditioned(&self, link: &Link, call: TokenStream) -> TokenStream {
        let Some(first) = link.conditions.first() else { return call };
        let setters = link.conditions.iter().map(|condition| {
            let name = Ident::new(condition.parameter.name, Span::mixed_site());
            let (setter, value) = (respan_at(quote! { .#name }, Some(&condition.written)), self.argument(condition));
            quote! { #setter(#value) }
        });
        let none = quote! { <runtime::net::Conditions as ::core::default::Default>::default() };
        let conditions = quote! { #none #(#setters)* };
        let location = location(&first.written);
        quote! { runtime::__private::conditioned(#location, #conditions, || #call) }
    }

    /// What the runtime needs to link the nodes of one set: a function, or a standard topology as a value.
    fn pattern(&self, link: &Link) -> Option<TokenStream> {
        if link.pattern == Pattern::Custom {
            let function = link.arguments.iter().map(|argument| self.argument(argument));
            return Some(quote! { &#(#function)* });
        }
        if !link.pattern.is_family() {
            return None;
        }
        let family = variant(&link.pattern);
        let fields = link.pattern.parameters().iter().map(|Parameter { name, kind }| {
            let value = match (link.argument(name), kind) {
                (Some(argument), _) => self.argument(argument),
                (None, ParameterKind::Flag) => quote! { false },
                (None, _) => quote! { ::core::option::Option::None },
            };
            let name = Ident::new(name, Span::mixed_site());
            quote! { #name: #value }
        });
        Some(quote! { || ::core::result::Result::Ok(runtime::topology::Family::#family { #(#fields),* }) })
    }

    /// The value of a parameter.
    fn argument(&self, argument: &Argument) -> TokenStream {
        let Parameter { name, kind } = argument.parameter;
        match argument.value {
            Known::Literal(Value::Flag) => quote! { true },
            Known::Literal(Value::Probability(probability)) => probability.to_token_stream(),
            Known::Literal(Value::Number(number)) => {
                let number = usize_literal(number);
                match kind {
                    ParameterKind::Time => quote! { ::core::time::Duration::from_nanos(#number) },
                    ParameterKind::Rate => quote! { runtime::net::Rate::bit(#number) },
                    ParameterKind::Seed => quote! { ::core::option::Option::Some(#number) },
                    _ => number,
                }
            }
            Known::RunTime(value) => {
                let (written, value) = (&self.model.values[value].expression, self.value(value));
                let function = match kind {
                    ParameterKind::Seed => quote! { runtime::__private::seed },
                    ParameterKind::Integer => quote! { runtime::__private::integer },
                    _ => return value,
                };
                let call = respan_at(quote! { #function(#name, #value) }, Some(written));
                quote! { #call? }
            }
        }
    }

    fn requirement(&self, requirement: &Requirement) -> TokenStream {
        let (demand, comparison) = match requirement.demand {
            Demand::Connected => ("Connected", None),
            Demand::Diameter(comparison) => ("Diameter", Some(variant(&comparison))),
            Demand::Degree(comparison) => ("Degree", Some(variant(&comparison))),
            Demand::Survives => ("Survives", None),
        };
        let (demand, comparison) = (Ident::new(demand, Span::mixed_site()), comparison.into_iter());
        let nodes = match (requirement.demand, requirement.parent) {
            (Demand::Degree(_), _) => self.set(&requirement.parts.iter().collect::<Vec<&Part>>()),
            (_, Some(cluster)) => owner(Some(cluster)),
            (_, None) => quote! { &*net.__cluster },
        };
        let number = match requirement.number {
            None => usize_literal(0),
            Some(Known::Literal(number)) => usize_literal(number),
            Some(Known::RunTime(value)) => self.value(value),
        };
        let (location, written) = (location(&requirement.written), code(&requirement.written));
        let require = respan_at(quote! { runtime::__private::require }, Some(&number));
        quote! {
            #require(
                &net.__cluster, #location, #written, #nodes,
                runtime::topology::Demand::#demand #((runtime::topology::Comparison::#comparison))*, #number
            );
        }
    }
}

/// The name of an enum's variant.
fn variant(value: &impl std::fmt::Debug) -> Ident {
    Ident::new(&format!("{value:?}"), Span::mixed_site())
}
