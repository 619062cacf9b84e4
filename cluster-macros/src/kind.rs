//! Kinds of nodes. The fields of a named cluster need the type of each.

use quote::{ToTokens, quote};
use syn::{Expr, Type};

use crate::ast::{Head, Parameter};
use crate::code::code;
use crate::errors::{Errors, HalfWritten};
use crate::literal::without_groups;
use crate::messages;
use crate::model::Kind;

/// A kind. In a named cluster one without a type is reported.
pub fn read(written: &Expr, head: Option<&Head>, errors: &mut Errors) -> Option<Kind> {
    if let Some((parameter, head)) = head.and_then(|head| Some((unnamed_parameter(written, head)?, head))) {
        errors.report(written, messages::kind_without_name(&code(&parameter.name), &code(&head.name)));
        return None;
    }
    let kind = match head {
        Some(head) => typed_kind(written, head),
        None => Some(Kind { written: written.clone(), value: written.to_token_stream(), ty: None }),
    };
    if kind.is_none() {
        errors.half_written(HalfWritten::Value(written.clone()));
        errors.report(written, messages::untyped_kind(&code(written)));
    }
    kind
}

/// The parameter that is a kind of no type that a field can have: `kind: impl Kind`, `kind: Box<dyn Kind>`.
fn unnamed_parameter<'h>(written: &Expr, head: &'h Head) -> Option<&'h Parameter> {
    let Expr::Path(path) = without_groups(written) else { return None };
    let parameter = head.parameters.iter().find(|parameter| path.path.is_ident(&parameter.name))?;
    let ty = code(&parameter.ty);
    let mut words = ty.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| word == "dyn" || word == "impl").then_some(parameter)
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
                // The names of types are in upper case.
                None if path.path.get_ident().is_some_and(|name| name.to_string().starts_with(char::is_lowercase)) => {
                    return None;
                }
                None => (quote!(<#path as ::core::default::Default>::default()), path.to_token_stream()),
            }
        }
        _ => return None,
    };
    Some(Kind { written: written.clone(), value, ty: Some(ty) })
}
