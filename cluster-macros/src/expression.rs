//! Rust expressions as the macro looks at them.

use syn::Expr;

/// The expression itself, without the invisible groups that a `macro_rules!` fragment comes in, and without parentheses.
pub fn without_groups(mut expression: &Expr) -> &Expr {
    loop {
        expression = match expression {
            Expr::Group(group) => &group.expr,
            Expr::Paren(parentheses) => &parentheses.expr,
            expression => return expression,
        };
    }
}
