//! What the head of a cluster that is a type says of its kinds and counts.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, Type};

use crate::ast::Head;
use crate::code::code;
use crate::errors::Errors;
use crate::expression::without_groups;
use crate::messages;
use crate::model::Model;

/// A kind whose type can be written down, as the type of a field needs it.
pub struct TypedKind {
    pub ty: TokenStream,
    pub value: TokenStream,
}

impl Head {
    /// `kind` where it is a parameter, `Loopback`, or any `expression as Type`.
    pub fn typed_kind(&self, kind: &Expr) -> Option<TypedKind> {
        match without_groups(kind) {
            Expr::Cast(cast) => Some(TypedKind { ty: cast.ty.to_token_stream(), value: cast.expr.to_token_stream() }),
            Expr::Path(path) => {
                let parameter = self.parameters.iter().find(|parameter| path.path.is_ident(&parameter.name));
                Some(match parameter.map(|parameter| &parameter.ty) {
                    Some(Type::Reference(reference)) => {
                        TypedKind { ty: reference.elem.to_token_stream(), value: quote!(*#path) }
                    }
                    Some(ty) => TypedKind { ty: ty.to_token_stream(), value: path.to_token_stream() },
                    None => {
                        let ty = quote!(#path);
                        TypedKind { value: quote!(<#ty as ::core::default::Default>::default()), ty }
                    }
                })
            }
            _ => None,
        }
    }

    /// Whether a count is a const parameter, which no const item may hold.
    pub fn is_generic(&self, count: &Expr) -> bool {
        let Expr::Path(path) = without_groups(count) else { return false };
        self.generics.const_params().any(|parameter| path.path.is_ident(&parameter.ident))
    }

    /// Every kind has a type that can be written down; one that has none is reported and taken out.
    pub fn check_kinds(&self, model: &mut Model, errors: &mut Errors) {
        let kinds = model.nodes.iter_mut().map(|declared| &mut declared.kind);
        for kind in std::iter::once(&mut model.kind).chain(kinds) {
            if let Some(untyped) = kind.take_if(|kind| self.typed_kind(kind).is_none()) {
                errors.report(&untyped, messages::untyped_kind(&code(&untyped)));
            }
        }
    }
}
