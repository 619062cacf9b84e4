//! A cluster that is declared as a type: `pub struct Followers(kind: Octez, n: usize);` before the declarations.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Generics, Token, Type, Visibility};

use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::model::Model;
use crate::parse::without_groups;

/// What stands before the declarations.
pub struct Named {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    pub generics: Generics,
    pub parameters: Punctuated<Parameter, Token![,]>,
}

/// `kind: Octez`
pub struct Parameter {
    pub name: Ident,
    pub ty: Type,
}

impl ToTokens for Parameter {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Parameter { name, ty } = self;
        tokens.extend(quote!(#name: #ty));
    }
}

/// A kind whose type can be written down, as the type of a field needs it.
pub struct TypedKind {
    pub ty: TokenStream,
    pub value: TokenStream,
}

impl Named {
    /// `kind` where it is a parameter, `Loopback`, or any `expression as Type`.
    pub fn typed(&self, kind: &Expr) -> Option<TypedKind> {
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
            if let Some(untyped) = kind.take_if(|kind| self.typed(kind).is_none()) {
                errors.report(&untyped, messages::untyped_kind(&code(&untyped)));
            }
        }
    }
}
