use super::path::Fate;

/// What is probed of datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Lost,
    Doubled,
    Overtaken,
}

impl Sign {
    pub(super) fn is_of(self, fate: &Fate) -> bool {
        match (self, fate) {
            (Sign::Lost, Fate::Dropped) => true,
            (Sign::Doubled, Fate::Sent { copies, .. }) => copies.len() > 1,
            (Sign::Overtaken, Fate::Sent { is_overtaken, .. }) => *is_overtaken,
            _ => false,
        }
    }
}
