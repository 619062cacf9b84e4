//! Kinds of nodes. The fields of a named cluster need the type of each.

use quote::{ToTokens, quote};
use syn::{Expr, Type};

use crate::ast::Head;
use crate::code::code;
use crate::errors::Errors;
use crate::expression::without_groups;
use crate::messages;
use crate::model::Kind;

/// A kind. In a named cluster one without a type is reported.
pub fn read(written: &Expr, head: Option<&Head>, errors: &mut Errors) -> Option<Kind> {
    let kind = match head {
        Some(head) => typed_kind(written, head),
        None => Some(Kind { written: written.clone(), value: written.to_token_stream(), ty: None }),
    };
    if kind.is_none() {
        errors.report(written, messages::untyped_kind(&code(written)));
    }
    kind
}

/// A parameter, the path of a type that is `Default`, or any `expression as Type`.
fn typed_kind(written: &Expr, head: &Head) -> Option<Kind> {
    let (value, ty) = match without_groups(written) {
        Expr::Cast(cast) => (cast.expr.to_token_stream(), cast.ty.to_token_stream()),
        Expr::Path(path) => {
            let parameter = head.parameters.iter().find(|parameter| path.path.is_ident(&parameter.name));
            match parameter.map(|parameter| &parameter.ty) {
                Some(Type::Reference(reference)) => (quote!(*#path), reference.elem.to_token_stream()),
                Some(ty) => (path.to_token_stream(), ty.to_token_stream()),
                None => (quote!(<#path as ::core::default::Default>::default()), path.to_token_stream()),
            }
        }
        _ => return None,
    };
    Some(Kind { written: written.clone(), value, ty: Some(ty) })
}
