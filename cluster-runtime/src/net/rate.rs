use std::fmt;
use std::time::Duration;

/// How many bits a second a link carries, each way.
///
/// # Examples
/// ```
/// use cluster_runtime::net::Rate;
///
/// assert_eq!(Rate::mbit(10), Rate::kbit(10_000));
/// assert_eq!(Rate::kbit(64).to_string(), "64kbit");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    bits: u64,
}

impl Rate {
    /// This number of bits a second.
    pub const fn bit(bits: u64) -> Self {
        Self { bits }
    }

    /// This number of thousands of bits a second.
    pub const fn kbit(kilobits: u64) -> Self {
        Self { bits: kilobits.saturating_mul(1_000) }
    }

    /// This number of millions of bits a second.
    pub const fn mbit(megabits: u64) -> Self {
        Self { bits: megabits.saturating_mul(1_000_000) }
    }

    /// This number of thousands of millions of bits a second.
    pub const fn gbit(gigabits: u64) -> Self {
        Self { bits: gigabits.saturating_mul(1_000_000_000) }
    }

    /// Bits a second.
    pub const fn bits(self) -> u64 {
        self.bits
    }

    /// How many bytes it carries in this time, but at least one.
    pub(crate) fn bytes_in(self, time: Duration) -> usize {
        let bytes = u128::from(self.bits) * time.as_nanos() / 8_000_000_000;
        usize::try_from(bytes).unwrap_or(usize::MAX).clamp(1, 64 << 10)
    }

    /// How long it takes to send so many bytes. At a rate of 0 it takes an hour a byte.
    pub(crate) fn time_for(self, bytes: usize) -> Duration {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if self.bits == 0 {
            return Duration::from_secs(bytes.saturating_mul(3_600));
        }
        let nanos = u128::from(bytes) * 8 * 1_000_000_000 / u128::from(self.bits);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1_000_000_000, "gbit"), (1_000_000, "mbit"), (1_000, "kbit")];
        match units.iter().find(|(bits, _)| self.bits >= *bits && self.bits.is_multiple_of(*bits)) {
            Some((bits, unit)) => write!(f, "{}{unit}", self.bits / bits),
            None => write!(f, "{}bit", self.bits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_the_time_that_their_bits_take() {
        assert_eq!(Rate::mbit(8).time_for(1_000), Duration::from_millis(1));
        assert_eq!(Rate::bit(8).time_for(3), Duration::from_secs(3));
    }

    #[test]
    fn it_is_written_in_the_largest_unit_that_is_exact() {
        assert_eq!(Rate::gbit(1).to_string(), "1gbit");
        assert_eq!(Rate::kbit(1_500).to_string(), "1500kbit");
        assert_eq!(Rate::bit(7).to_string(), "7bit");
    }
}
