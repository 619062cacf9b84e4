//! What all parts of the expansion ask of the model.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::format_ident;
use syn::{Attribute, Expr};

use super::tokens::{default_kind, local, respan_at};
use crate::code::capitalized;
use crate::errors::HalfWritten;
use crate::model::{Kind, Model};

pub struct Expansion<'m> {
    /// The path of the runtime.
    pub krate: &'m TokenTree,
    pub model: &'m Model,
    /// For the editor.
    pub half_written: &'m [HalfWritten],
    /// After errors, what is left of the links: the names of nodes in them, for the editor.
    pub references: &'m [Ident],
}

impl Expansion<'_> {
    /// The name of a declaration's kind, and the kind: its own, or that of the nearest `use`.
    pub fn kind(&self, node: usize) -> (Ident, Option<&Kind>) {
        let own = self.model.ancestors(node).find_map(|node| Some((node, self.model.nodes[node].kind.as_ref()?)));
        match own {
            Some((node, kind)) => (local("kind", node), Some(kind)),
            None => (default_kind(), self.model.kind.as_ref()),
        }
    }

    /// The name of a run-time value, shown at its expression.
    pub fn value(&self, value: usize) -> TokenStream {
        let name = local("value", value);
        respan_at(quote! { #name }, Some(&self.model.values[value].expression))
    }

    /// Whether a count is a const parameter of the named cluster.
    pub fn is_generic(&self, count: &Expr) -> bool {
        self.model.head.as_ref().is_some_and(|head| head.is_generic(count))
    }

    /// The name of a cluster's struct, with its number: `Followers_2_Region` in the type `Followers`, else `Cluster2Region`.
    pub fn struct_name(&self, cluster: usize) -> Ident {
        let capitalized = |node: usize| capitalized(&self.model.nodes[node].text());
        match &self.model.head {
            Some(head) => {
                let mut path: Vec<String> = self.model.ancestors(cluster).map(capitalized).collect();
                path.reverse();
                // No name of the user's is like it.
                format_ident!("{}_{cluster}_{}", head.name, path.concat(), span = head.name.span())
            }
            None => format_ident!("Cluster{cluster}{}", capitalized(cluster), span = Span::mixed_site()),
        }
    }

    /// The `cfg` attributes of a named cluster, which all its items have.
    pub fn conditions(&self) -> TokenStream {
        let attributes = self.model.head.iter().flat_map(|head| &head.attributes);
        let conditions = attributes.filter(|attribute: &&Attribute| attribute.path().is_ident("cfg"));
        quote! { #(#conditions)* }
    }
}
