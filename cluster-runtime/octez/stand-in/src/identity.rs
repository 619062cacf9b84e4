//! Identities of peers: `id`, and 28 characters of base 58.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;

use serde::{Deserialize, Serialize};

use crate::refusal::Result;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LENGTH: usize = 30;

/// The identity of a peer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct PeerId(String);

impl PeerId {
    /// A new one.
    pub(crate) fn draw() -> Self {
        let hasher = RandomState::new();
        let text = (0..LENGTH - 2).map(|place| {
            let index = usize::try_from(hasher.hash_one(place) % 58).unwrap_or_default();
            char::from(ALPHABET[index])
        });
        Self(format!("id{}", text.collect::<String>()))
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        match text.strip_prefix("id") {
            Some(rest) if text.len() == LENGTH && rest.bytes().all(|byte| ALPHABET.contains(&byte)) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(format!("expected the identity of a peer, `id` and 28 characters of base 58, found `{text}`")),
        }
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_identity_is_one_and_no_other() {
        let id = PeerId::draw();
        assert_eq!(PeerId::parse(&id.to_string()), Ok(id.clone()));
        assert_ne!(PeerId::draw(), id);
    }

    #[test]
    fn a_short_identity_is_refused() {
        PeerId::parse("idtn1b").expect_err("it has six characters");
    }
}
