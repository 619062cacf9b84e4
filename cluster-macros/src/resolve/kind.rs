//! Kinds of nodes. The fields of a named cluster need the type of each.

use quote::{ToTokens, quote};
use syn::{Expr, ExprPath, Type};

use super::Resolver;
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
        let (value, ty) = match without_groups(written) {
            Expr::Cast(cast) => (cast.expr.to_token_stream(), cast.ty.to_token_stream()),
            Expr::Path(path) => match parameter_type(path, head) {
                Some(ty) if is_unnamed(ty) => {
                    self.errors.report(written, messages::kind_without_name(&code(path), &code(&head.name)));
                    return None;
                }
                Some(Type::Reference(reference)) => (quote!(*#path), reference.elem.to_token_stream()),
                Some(ty) => (path.to_token_stream(), ty.to_token_stream()),
                None if is_variable(path) => return self.untyped(written),
                None => (quote!(<#path as ::core::default::Default>::default()), path.to_token_stream()),
            },
            _ => return self.untyped(written),
        };
        Some(Kind { value, ty: Some(ty), ..kind })
    }

    fn untyped(&mut self, written: &Expr) -> Option<Kind> {
        self.errors.half_written(HalfWritten::Value(written.clone()));
        self.errors.report(written, messages::untyped_kind(&code(written)));
        None
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
