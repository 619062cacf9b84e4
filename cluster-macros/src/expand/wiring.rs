//! One call for each link.

use cluster_topology::{Shape, Value};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use super::Expansion;
use super::tokens::{ends, local, place, respan, respan_at, unspan};
use crate::check::source_text;
use crate::code::code;
use crate::model::{Argument, ArgumentValue, Bounds, Count, Demand, Link, Part, Requirement, Select, Step};
use crate::pattern::Pattern;
use crate::size::usize_literal;

impl Expansion<'_> {
    /// All links: those of each cluster, in each of its instances, in the order in which they were written.
    pub fn wiring(&self) -> TokenStream {
        let mut indices = (0..).map(|index| local("index", index));
        let mut arguments = (0..).map(|argument| local("argument", argument));
        let mut links = Vec::with_capacity(self.model.links.len());
        for link in &self.model.links {
            links.push((link.parent, self.link(link, &mut indices, &mut arguments)));
        }
        let requirements: Vec<(Option<usize>, TokenStream)> = self
            .model
            .requirements
            .iter()
            .map(|required| (required.parent, self.requirement(required, &mut indices, &mut arguments)))
            .collect();
        let mut wiring = self.in_each_instance(None, &links);
        // What must hold does so of the whole network.
        wiring.extend(self.in_each_instance(None, &requirements));
        if !self.model.unresolved.is_empty() {
            let loose = &self.model.unresolved;
            wiring.extend(quote! {
                #[allow(unexpected_cfgs)]
                {
                    #[cfg(rust_analyzer)]
                    { #(let _ = &net.#loose;)* }
                }
            });
        }
        wiring
    }

    /// Statements of this cluster and of those in it, each in every instance of the cluster that it stands in.
    fn in_each_instance(&self, cluster: Option<usize>, statements: &[(Option<usize>, TokenStream)]) -> TokenStream {
        let mut wiring: TokenStream = statements
            .iter()
            .filter(|(parent, _)| *parent == cluster)
            .map(|(_, statement)| statement.clone())
            .collect();
        for member in self.model.members(cluster).filter(|member| self.model.nodes[*member].is_cluster) {
            let inside = self.in_each_instance(Some(member), statements);
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

    /// One call. Its tokens are placed at the statement, so that two kinds that cannot be linked are shown there.
    fn link(
        &self,
        link: &Link,
        indices: &mut impl Iterator<Item = Ident>,
        arguments: &mut impl Iterator<Item = Ident>,
    ) -> TokenStream {
        let mut parts = link.sets.iter().map(|set| set.parts.iter().collect::<Vec<_>>());
        let sides = match link.pattern {
            Pattern::Shape(Shape::Clique | Shape::Ring | Shape::Line) | Pattern::Family(_) | Pattern::Custom => {
                vec![parts.flatten().collect()]
            }
            Pattern::Shape(Shape::Star | Shape::Connect) => {
                vec![parts.next().unwrap_or_default(), parts.flatten().collect()]
            }
            Pattern::OneWay => parts.collect(),
        };
        let sides: Vec<TokenStream> = sides
            .into_iter()
            .map(|parts| tuple(parts.into_iter().map(|part| self.part(part, indices)).collect()))
            .collect();
        let sets: Vec<Ident> = (0..sides.len()).map(|side| local("set", side)).collect();
        let (first, _) = ends(&link.token);
        let (place, written) = (place(&link.token), source_text(link));
        match link.pattern {
            Pattern::Shape(_) | Pattern::OneWay => {
                let function = match link.pattern {
                    Pattern::OneWay => "add_peer",
                    pattern => pattern.name(),
                };
                let function = Ident::new(function, Span::mixed_site());
                let call = respan(quote! { runtime::#function(#(#sets),*) }, first);
                quote! { match (#(#sides,)*) { (#(#sets,)*) => #call, } }
            }
            Pattern::Family(family) => {
                let variant = variant(&family);
                let given = link.arguments.iter().map(|given| argument(given, arguments));
                let call = respan(
                    quote! { runtime::__private::family(&net.__cluster, place, written, #(#sets,)* family, given) },
                    first,
                );
                quote! {
                    match (#place, #written, #(#sides,)* runtime::topology::Family::#variant, &[#(#given),*]) {
                        (place, written, #(#sets,)* family, given) => #call,
                    }
                }
            }
            Pattern::Custom => {
                let pairs =
                    respan_at(arguments.next().into_token_stream(), link.arguments.first().map(|given| &given.written));
                let call = respan(
                    quote! { runtime::__private::shape(&net.__cluster, place, written, #(#sets,)* pairs) },
                    first,
                );
                quote! {
                    match (#place, #written, #(#sides,)* &#pairs) {
                        (place, written, #(#sets,)* pairs) => #call,
                    }
                }
            }
        }
    }

    /// A requirement that the macro could not check.
    fn requirement(
        &self,
        required: &Requirement,
        indices: &mut impl Iterator<Item = Ident>,
        arguments: &mut impl Iterator<Item = Ident>,
    ) -> TokenStream {
        let (place, written) = (place(&required.written), code(&required.written));
        let scope = match required.parent {
            Some(cluster) => owner(Some(cluster)),
            None => quote! { &net.__cluster },
        };
        let number = |number: &Expr, arguments: &mut dyn Iterator<Item = Ident>| {
            respan_at(arguments.next().into_token_stream(), Some(number))
        };
        match &required.demand {
            Demand::Connected => quote! {
                runtime::__private::require_connected(&net.__cluster, #place, #written, #scope);
            },
            Demand::Diameter(comparison, bound) => {
                let function = respan_at(quote! { runtime::__private::require_diameter }, Some(bound));
                let (comparison, bound) = (variant(comparison), number(bound, arguments));
                quote! {
                    #function(&net.__cluster, #place, #written, #scope, runtime::topology::Comparison::#comparison, #bound);
                }
            }
            Demand::Degree(set, comparison, bound) => {
                let function = respan_at(quote! { runtime::__private::require_degree }, Some(bound));
                let (comparison, bound) = (variant(comparison), number(bound, arguments));
                let set = tuple(set.parts.iter().map(|part| self.part(part, indices)).collect());
                quote! {
                    #function(&net.__cluster, #place, #written, #set, runtime::topology::Comparison::#comparison, #bound);
                }
            }
            Demand::Survives(failures) => {
                let function = respan_at(quote! { runtime::__private::require_survives }, Some(failures));
                let failures = number(failures, arguments);
                quote! { #function(&net.__cluster, #place, #written, #scope, #failures); }
            }
        }
    }

    fn part(&self, part: &Part, indices: &mut impl Iterator<Item = Ident>) -> TokenStream {
        let owner = owner(self.model.nodes[part.steps[0].node].parent);
        self.steps(&owner, &part.steps, indices)
    }

    /// A reference to what the steps select of `owner`. Where a step selects several clusters, the rest of the path is
    /// followed in each of them.
    fn steps(&self, owner: &TokenStream, steps: &[Step], indices: &mut impl Iterator<Item = Ident>) -> TokenStream {
        let [step, rest @ ..] = steps else { return quote! { &#owner } };
        let Step { node, name, select } = step;
        let count = &self.model.nodes[*node].count;
        let is_array = matches!(count, Count::Literal(..) | Count::Constant(_));
        let field = quote! { #owner.#name };
        let several = match select {
            Select::All | Select::Unknown if rest.is_empty() => return quote! { &#field },
            Select::All | Select::Unknown if matches!(count, Count::One) => return self.steps(&field, rest, indices),
            Select::All | Select::Unknown => quote! { &#field },
            Select::Index { literal: Some(index), .. } if is_array => {
                let index = usize_literal(*index);
                return self.steps(&quote! { #field[#index] }, rest, indices);
            }
            Select::Range { literal: Some(bounds), .. } if is_array => {
                let range = range_literal(*bounds);
                quote! { &#field[#range] }
            }
            Select::Index { index, literal } => {
                let index = self.selection(index, literal.map(index_literal), indices);
                self.runtime_selection("at", &field, step, &index)
            }
            Select::Range { range, literal } => {
                let range = match literal {
                    Some(bounds) => range_literal(*bounds),
                    None => {
                        // It may be needed in several clusters.
                        let range = self.selection(range, None, indices);
                        quote! { #range.clone() }
                    }
                };
                self.runtime_selection("slice", &field, step, &range)
            }
        };
        if rest.is_empty() {
            return several;
        }
        let each = local("each", *node);
        let rest = self.steps(&each.to_token_stream(), rest, indices);
        quote! { (#several).iter().map(|#each| #rest).collect::<::std::vec::Vec<_>>() }
    }

    /// A slice of what may be out of bounds.
    fn runtime_selection(
        &self,
        function: &str,
        field: &TokenStream,
        step: &Step,
        selected: &TokenStream,
    ) -> TokenStream {
        let (path, place) = (self.model.path(step.node), place(&step.select));
        let function = Ident::new(function, Span::mixed_site());
        let function = respan_at(quote! { runtime::__private::#function }, Some(&step.select));
        quote! { #function(&net.__cluster, #place, &#field, #path, #selected) }
    }

    /// A literal, or the name of a value that was evaluated before.
    fn selection(
        &self,
        written: &impl ToTokens,
        literal: Option<TokenStream>,
        indices: &mut impl Iterator<Item = Ident>,
    ) -> TokenStream {
        literal.unwrap_or_else(|| respan_at(indices.next().into_token_stream(), Some(written)))
    }
}

/// The name of an enum's variant.
fn variant(value: &impl std::fmt::Debug) -> Ident {
    Ident::new(&format!("{value:?}"), Span::mixed_site())
}

/// What is given for a parameter, with its name.
fn argument(given: &Argument, arguments: &mut impl Iterator<Item = Ident>) -> TokenStream {
    let name = given.parameter;
    let value = match &given.value {
        ArgumentValue::Literal(Value::Flag) => quote! { runtime::topology::Value::Flag },
        ArgumentValue::Literal(Value::Integer(number)) => {
            let number = usize_literal(*number as u64);
            quote! { runtime::topology::Value::Integer(#number) }
        }
        ArgumentValue::Literal(Value::Seed(seed)) => {
            let seed = usize_literal(*seed);
            quote! { runtime::topology::Value::Seed(#seed) }
        }
        ArgumentValue::Literal(Value::Probability(probability)) => {
            quote! { runtime::topology::Value::Probability(#probability) }
        }
        ArgumentValue::Expression(written) => {
            let value = respan_at(arguments.next().into_token_stream(), Some(written));
            let value = match name {
                "probability" => quote! { ::core::option::Option::Some(runtime::topology::Value::Probability(#value)) },
                "seed" => respan_at(quote! { runtime::__private::seed(#value) }, Some(written)),
                _ => respan_at(quote! { runtime::__private::integer(#value) }, Some(written)),
            };
            return quote! { (#name, #value) };
        }
    };
    quote! { (#name, ::core::option::Option::Some(#value)) }
}

/// What has the members of a cluster, or of the whole, as its fields.
fn owner(cluster: Option<usize>) -> TokenStream {
    match cluster {
        Some(cluster) => local("instance", cluster).into_token_stream(),
        None => quote! { net },
    }
}

fn index_literal(index: u64) -> TokenStream {
    usize_literal(index).into_token_stream()
}

fn range_literal(Bounds { from, to }: Bounds) -> TokenStream {
    let (from, to) = (usize_literal(from), to.map(usize_literal));
    quote! { #from..#to }
}

/// Sets as one set, in order. The runtime knows tuples of up to eight sets, so larger ones are tuples of tuples.
fn tuple(mut sets: Vec<TokenStream>) -> TokenStream {
    while sets.len() > 8 {
        sets = sets.chunks(8).map(|sets| quote! { (#(#sets,)*) }).collect();
    }
    match sets.as_slice() {
        [set] => set.clone(),
        sets => quote! { (#(#sets,)*) },
    }
}
