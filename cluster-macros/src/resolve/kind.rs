//! Kinds of nodes. The fields of a named cluster need the type of each.

use quote::{ToTokens, quote};
use syn::{Expr, ExprPath, Type};

use super::resolver::Resolver;
use crate::ast::Head;
use crate::code::code;
use crate::errors::HalfWritten;
use crate::literal::without_groups;
use crate::messages;
use crate::model::Kind;

impl Resolver<'_> {
    /// A kind. In a named cluster one without a type is reported.
    pub fn kind(&mut self, written: &Expr) -> Option<Kind> {
        let kind = Kind { written: written.clone(), value: written.to_token_stream(), ty: None };
        let Some(head) = &self.model.head else { return Some(kind) };
        let typed = match without_groups(written) {
            Expr::Cast(cast) => Some((cast.expr.to_token_stream(), cast.ty.to_token_stream())),
            Expr::Path(path) => match parameter_type(path, head) {
                Some(ty) if is_unnamed(ty) => {
                    return self.errors.refuse(written, messages::kind_without_name(&code(path), &code(&head.name)));
                }
                Some(Type::Reference(reference)) => Some((quote!(*#path), reference.elem.to_token_stream())),
                Some(ty) => Some((path.to_token_stream(), ty.to_token_stream())),
                None if is_variable(path) => None,
                None => Some((quote!(<#path as ::core::default::Default>::default()), path.to_token_stream())),
            },
            _ => None,
        };
        let Some((value, ty)) = typed else {
            self.errors.half_written(HalfWritten::Value(kind.written));
            return self.errors.refuse(written, messages::untyped_kind(&code(written)));
        };
        Some(Kind { value, ty: Some(ty), ..kind })
    }
}

fn parameter_type<'h>(path: &ExprPath, head: &'h Head) -> Option<&'h Type> {
    let parameter = head.parameters.iter().find(|parameter| path.path.is_ident(&parameter.name));
    parameter.map(|parameter| &parameter.ty)
}

/// Whether no field can have this type: `impl Kind`, `Box<dyn Kind>`.
fn is_unnamed(ty: &Type) -> bool {
    code(ty).split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "dyn" || word == "impl")
}

/// The names of types are in upper case.
fn is_variable(path: &ExprPath) -> bool {
    path.path.get_ident().is_some_and(|name| name.to_string().starts_with(char::is_lowercase))
}
