//! Rust expressions without what is only around them.

use syn::Expr;

/// The expression without parentheses, and without the invisible groups around a fragment of a `macro_rules!`.
pub fn without_groups(mut expression: &Expr) -> &Expr {
    loop {
        expression = match expression {
            Expr::Group(group) => &group.expr,
            Expr::Paren(parentheses) => &parentheses.expr,
            expression => return expression,
        };
    }
}
