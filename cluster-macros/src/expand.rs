//! The model to Rust: what a person would write by hand. It cannot fail.
//!
//! Counts and kinds are evaluated outside of the block that holds our items, so that nothing of ours shadows the user's names:
//!
//! ```text
//! {
//!     const __CLUSTER_COUNT_1: usize = N;
//!     match (&(KIND), (count)) {
//!         (kind, count_2) => { struct Cluster { .. } .. wiring .. net }
//!     }
//! }
//! ```

use cluster_topology::Shape;
use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};

use crate::check::{Assertion, MOST_NODES_IN_ARRAYS};
use crate::model::{Bounds, Count, Declared, How, Link, Model, Part, Select};
use crate::size::{constant, usize_literal};

/// As `quote!`, with names that cannot meet the user's.
macro_rules! quote {
    ($($tokens:tt)*) => { quote_spanned! {Span::mixed_site()=> $($tokens)*} };
}

/// The value of the macro. `krate` is the path of the runtime.
pub fn expand(krate: &TokenTree, model: &Model, assertions: &[Assertion]) -> TokenStream {
    let value = Expansion { krate, model }.value();
    let constants = constants(model);
    let assertions = assertions.iter().map(assertion);
    quote! { { #(#constants)* #(#assertions)* #value } }
}

/// Where there were mistakes: the same value without links, so that no second error follows and the editor goes on completing.
pub fn expand_with_errors(
    krate: &TokenTree,
    mut model: Model,
    assertions: &[Assertion],
    errors: TokenStream,
) -> TokenStream {
    let links = std::mem::take(&mut model.links);
    let value = Expansion { krate, model: &model }.value();
    let constants = constants(&model);
    let assertions = assertions.iter().map(assertion);
    let unused = links.iter().flat_map(|link| &link.sets).flat_map(|set| &set.parts).filter_map(run_time_value);
    quote! { { #errors #(#constants)* #(#assertions)* #(let _ = #unused;)* #value } }
}

fn constants(model: &Model) -> impl Iterator<Item = TokenStream> {
    model.nodes.iter().enumerate().filter_map(|(node, declared)| match &declared.count {
        Count::Constant(count) => {
            let (first, _) = ends(&count.to_token_stream());
            let constant = respanned(constant(node).into_token_stream(), first);
            Some(quote! { const #constant: usize = #count; })
        }
        _ => None,
    })
}

fn assertion(assertion: &Assertion) -> TokenStream {
    let condition = &assertion.condition;
    let message = Literal::string(&assertion.message.replace('{', "{{").replace('}', "}}"));
    let (first, last) = ends(&assertion.at);
    let assert = quote_spanned! {first=> ::core::assert! };
    let arguments = quote_spanned! {last=> (#condition, #message) };
    quote! { const _: () = #assert #arguments; }
}

/// The expression of an index or a range that is not a literal.
fn run_time_value(part: &Part) -> Option<TokenStream> {
    match &part.select {
        Select::Index { index, literal: None } => Some(index.to_token_stream()),
        Select::Range { range, literal: None } => Some(range.to_token_stream()),
        _ => None,
    }
}

struct Expansion<'m> {
    krate: &'m TokenTree,
    model: &'m Model,
}

impl Expansion<'_> {
    fn value(&self) -> TokenStream {
        let (patterns, values): (Vec<_>, Vec<_>) = self.values().into_iter().unzip();
        let items = self.items();
        let creation = self.creation();
        let wiring = self.wiring();
        quote! {
            match (#(#values,)*) {
                (#(#patterns,)*) => {
                    #items
                    #creation
                    #wiring
                    net
                }
            }
        }
    }

    /// The user's expressions, each evaluated once, and the names that their values get.
    fn values(&self) -> Vec<(Ident, TokenStream)> {
        let krate = self.krate;
        let mut values = Vec::new();
        match &self.model.kind {
            Some(kind) => values.push((default_kind(), quote! { &(#kind) })),
            None if self.model.nodes.iter().any(|declared| declared.kind.is_none()) => {
                values.push((default_kind(), quote! { &#krate::Loopback::new() }));
            }
            None => {}
        }
        for (node, declared) in self.model.nodes.iter().enumerate() {
            if let Count::Dyn(count) = &declared.count {
                values.push((local("count", node), quote! { (#count) }));
            }
            if let Some(kind) = &declared.kind {
                values.push((local("kind", node), quote! { &(#kind) }));
            }
        }
        let parts = self.model.links.iter().flat_map(|link| &link.sets).flat_map(|set| &set.parts);
        for (index, value) in parts.filter_map(run_time_value).enumerate() {
            values.push((local("index", index), quote! { (#value) }));
        }
        values
    }

    /// The struct with a field for each declaration.
    fn items(&self) -> TokenStream {
        let types: Vec<Ident> = (0..self.model.nodes.len()).map(|node| local("T", node)).collect();
        let fields = self.model.nodes.iter().zip(&types).map(|(declared, ty)| {
            let Declared { docs, name, .. } = declared;
            quote! { #(#docs)* pub #name: #ty, }
        });
        let krate = self.krate;
        quote! {
            // One name for all calls: where `$crate` came from a macro's own place, rustc would show a mistake there.
            use #krate as runtime;

            #[must_use = "a cluster does nothing until it is started"]
            #[allow(dead_code, clippy::partial_pub_fields)]
            pub struct Cluster<#(#types),*> {
                #(#fields)*
                __cluster: runtime::Cluster,
            }

            #[allow(dead_code)]
            impl<#(#types),*> Cluster<#(#types),*> {
                /// Starts all nodes.
                pub fn start(self) -> runtime::Start<Self> {
                    runtime::Start::new(self)
                }
            }

            impl<#(#types),*> ::core::borrow::Borrow<runtime::Cluster> for Cluster<#(#types),*> {
                fn borrow(&self) -> &runtime::Cluster {
                    &self.__cluster
                }
            }

            impl<#(#types),*> ::core::ops::Deref for Cluster<#(#types),*> {
                type Target = runtime::Cluster;

                fn deref(&self) -> &runtime::Cluster {
                    &self.__cluster
                }
            }

            impl<#(#types),*> ::core::fmt::Debug for Cluster<#(#types),*> {
                fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Debug::fmt(&self.__cluster, formatter)
                }
            }
        }
    }

    fn creation(&self) -> TokenStream {
        let names: Vec<Ident> = self.model.nodes.iter().map(|declared| internal(&declared.name)).collect();
        let nodes = (0..names.len()).map(|node| self.create(node));
        quote! {
            let cluster = runtime::Cluster::new();
            let net = Cluster { #(#names: #nodes,)* __cluster: cluster };
            #(runtime::__private::add(&net.__cluster, &net.#names);)*
        }
    }

    /// The nodes of one declaration. A kind that is none is shown at its expression.
    fn create(&self, node: usize) -> TokenStream {
        let declared = &self.model.nodes[node];
        let (kind, expression) = match &declared.kind {
            Some(expression) => (local("kind", node), Some(expression)),
            None => (default_kind(), self.model.kind.as_ref()),
        };
        let call = self.creating_call(node, &kind);
        match expression {
            Some(expression) => respanned(call, ends(&expression.to_token_stream()).0),
            None => call,
        }
    }

    fn creating_call(&self, node: usize, kind: &Ident) -> TokenStream {
        let declared = &self.model.nodes[node];
        let name = declared.text();
        match &declared.count {
            Count::One => quote! { runtime::Node::new(#kind, #name) },
            Count::Literal(count, _) if *count <= MOST_NODES_IN_ARRAYS => {
                let count = usize_literal(*count);
                quote! { runtime::__private::array::<_, #count>(#kind, #name) }
            }
            Count::Constant(_) => {
                let count = constant(node);
                quote! { runtime::__private::array::<_, #count>(#kind, #name) }
            }
            Count::Dyn(_) => {
                let count = local("count", node);
                let least = self.least(node);
                quote! { runtime::__private::group(&cluster, #kind, #name, #count, &[#(#least),*]) }
            }
            Count::Literal(..) | Count::Unknown => {
                quote! { runtime::__private::group(&cluster, #kind, #name, 1usize, &[]) }
            }
        }
    }

    /// What the shapes of a group ask of its size, for the runtime to check.
    fn least(&self, node: usize) -> impl Iterator<Item = TokenStream> {
        self.model.links.iter().filter_map(move |link| match (link.how, link.sets.as_slice()) {
            (How::Shape(shape), [set]) => match set.parts.as_slice() {
                [Part { node: only, select: Select::All, .. }] if *only == node => {
                    let (least, name) = (usize_literal(shape.least() as u64), shape.name());
                    Some(quote! { (#least, #name) })
                }
                _ => None,
            },
            _ => None,
        })
    }

    fn wiring(&self) -> TokenStream {
        let mut indices = (0..).map(|index| local("index", index));
        let links = self.model.links.iter().map(|link| self.link(link, &mut indices));
        let mut wiring: TokenStream = links.collect();
        if !self.model.unknown.is_empty() {
            let unknown = &self.model.unknown;
            wiring.extend(quote! {
                #[allow(unexpected_cfgs)]
                {
                    #[cfg(rust_analyzer)]
                    { #(let _ = &net.#unknown;)* }
                }
            });
        }
        wiring
    }

    /// One call. Its tokens are placed at the statement, so that two kinds that cannot be linked are shown there.
    fn link(&self, link: &Link, indices: &mut impl Iterator<Item = Ident>) -> TokenStream {
        let mut parts = link.sets.iter().map(|set| set.parts.iter().collect::<Vec<_>>());
        let (function, sides) = match link.how {
            How::Shape(shape @ (Shape::Clique | Shape::Ring | Shape::Line)) => {
                (shape.name(), vec![parts.flatten().collect()])
            }
            How::Shape(shape @ (Shape::Star | Shape::Connect)) => {
                (shape.name(), vec![parts.next().unwrap_or_default(), parts.flatten().collect()])
            }
            How::OneWay => ("add_peer", parts.collect()),
        };
        let sides: Vec<TokenStream> = sides
            .into_iter()
            .map(|parts| tuple(parts.into_iter().map(|part| self.part(part, indices)).collect()))
            .collect();
        let sets: Vec<Ident> = (0..sides.len()).map(|side| local("set", side)).collect();
        let function = Ident::new(function, Span::mixed_site());
        let (first, _) = ends(&link.token);
        let call = respanned(quote! { runtime::#function(#(#sets),*) }, first);
        quote! { match (#(#sides,)*) { (#(#sets,)*) => #call, } }
    }

    fn part(&self, part: &Part, indices: &mut impl Iterator<Item = Ident>) -> TokenStream {
        let Part { node, name, select, .. } = part;
        let text = self.model.nodes[*node].text();
        let is_array = matches!(self.model.nodes[*node].count, Count::Literal(..) | Count::Constant(_));
        let (function, selected) = match select {
            Select::All => return quote! { &net.#name },
            Select::Index { literal: Some(index), .. } => ("at", usize_literal(*index).into_token_stream()),
            Select::Range { literal: Some(Bounds { from, to }), .. } => {
                let (from, to) = (usize_literal(*from), to.map(usize_literal));
                ("slice", quote! { #from..#to })
            }
            Select::Index { literal: None, .. } => ("at", indices.next().into_token_stream()),
            Select::Range { literal: None, .. } => ("slice", indices.next().into_token_stream()),
        };
        if is_array && run_time_value(part).is_none() {
            return quote! { &net.#name[#selected] };
        }
        let function = Ident::new(function, Span::mixed_site());
        quote! { runtime::__private::#function(&net.__cluster, &net.#name, #text, #selected) }
    }
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

fn default_kind() -> Ident {
    Ident::new("kind", Span::mixed_site())
}

fn local(name: &str, index: usize) -> Ident {
    format_ident!("{name}_{index}", span = Span::mixed_site())
}

/// The user's name in a place that the editor should not lead to.
fn internal(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(Span::mixed_site());
    name
}

/// Where tokens begin and end.
fn ends(tokens: &TokenStream) -> (Span, Span) {
    let mut spans = tokens.clone().into_iter().map(|tree| tree.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

/// The same tokens, shown at `span`.
fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut tree| {
            if let TokenTree::Group(group) = &mut tree {
                *group = Group::new(group.delimiter(), respanned(group.stream(), span));
                group.set_span(span.resolved_at(Span::mixed_site()));
            } else {
                tree.set_span(span.resolved_at(tree.span()));
            }
            tree
        })
        .collect()
}
