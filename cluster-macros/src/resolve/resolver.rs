//! The state of the resolution: the names so far, and the model that is made.

use std::collections::{HashMap, HashSet};

use syn::Expr;

use crate::errors::Errors;
use crate::model::{Model, RunTimeValue};
use crate::suggest::nearest;

/// So many names are listed where another is meant.
const FEW: usize = 6;

/// Further names that are misspelt are told without what was meant, so that many of them take no time.
pub const MOST_COMPARISONS: usize = 20_000;

pub struct Resolver<'e> {
    /// By the cluster that they are in.
    pub names: HashMap<(Option<usize>, String), usize>,
    /// The first declaration of a name, in whatever cluster.
    pub anywhere: HashMap<String, usize>,
    /// How many names may still be compared with misspelt ones.
    pub comparisons: usize,
    /// Declarations whose shapes are links. A second one of the same name is only checked.
    pub linked: HashSet<usize>,
    /// The cluster whose statements are linked.
    pub scope: Option<usize>,
    pub model: Model,
    pub errors: &'e mut Errors,
}

impl Resolver<'_> {
    /// The cluster whose statements are linked, those around it, and the top.
    pub fn scopes(&self) -> impl Iterator<Item = Option<usize>> {
        self.scope.into_iter().flat_map(|cluster| self.model.ancestors(cluster)).map(Some).chain([None])
    }

    /// The innermost declaration of a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.scopes().find_map(|scope| self.names.get(&(scope, name.to_owned())).copied())
    }

    /// The name of the declaration that was meant, and all their names if they are few.
    pub fn nearest(&mut self, text: &str, known: Vec<usize>) -> (Option<String>, Vec<String>) {
        let few = if known.len() <= FEW { known.as_slice() } else { &[] };
        let few = few.iter().map(|node| self.model.nodes[*node].text()).collect();
        let Some(left) = self.comparisons.checked_sub(known.len()) else { return (None, few) };
        self.comparisons = left;
        let known: Vec<String> = known.into_iter().map(|node| self.model.nodes[node].text()).collect();
        (nearest(text, known.iter().map(String::as_str)).map(str::to_owned), few)
    }

    /// The run-time values of what is refused are not evaluated.
    pub fn attempt<T>(&mut self, resolve: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let values = self.model.values.len();
        let resolved = resolve(self);
        if resolved.is_none() {
            self.model.values.truncate(values);
        }
        resolved
    }

    /// The index of a run-time value.
    pub fn evaluate(&mut self, expression: &Expr) -> usize {
        self.model.values.push(RunTimeValue { expression: expression.clone(), is_function: false });
        self.model.values.len() - 1
    }
}
