use std::time::Duration;

/// A duration as people are told of it: with three digits, as in `1.8s` or `20ms`.
pub(crate) fn rounded(duration: Duration) -> Duration {
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let unit = 10_u64.pow(nanos.checked_ilog10().unwrap_or_default().saturating_sub(2));
    Duration::from_nanos(nanos.saturating_add(unit / 2) / unit * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_with_three_digits() {
        for (nanos, told) in [
            (0, "0ns"),
            (7, "7ns"),
            (20_000_000, "20ms"),
            (12_345_678, "12.3ms"),
            (999_999_999, "1s"),
            (1_250_000_000, "1.25s"),
            (1_799_964_621, "1.8s"),
            (300_000_000_001, "300s"),
        ] {
            assert_eq!(format!("{:?}", rounded(Duration::from_nanos(nanos))), told);
        }
        assert!(
            rounded(Duration::MAX) > Duration::from_secs(1 << 33),
            "it has no place in 64 bits, and is told all the same"
        );
    }
}
