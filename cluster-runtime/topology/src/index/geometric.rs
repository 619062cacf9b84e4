use crate::rng::Rng;

/// How many failures come before the first success, each trial with the same probability: a geometric distribution.
///
/// No logarithm is taken, as those of the machines' mathematical libraries differ in the last digit. Instead, the
/// binary digits are drawn one by one. They are independent, because with the probability of failure q, the
/// probability of k failures is proportional to q^k, the product of q^(2^i) over the digits i that are 1 in k. So
/// digit i is 1 with the probability q^(2^i) / (1 + q^(2^i)).
///
/// These probabilities are computed by IEEE 754 addition, multiplication and division only, which are exact to the
/// last bit everywhere, and compared as integers.
pub(super) struct Geometric {
    /// The probabilities that the digits are 1 as fractions of 2^32: of the lowest two, the next two and so on.
    digits: Vec<(u32, u32)>,
    /// The probability that a multiple of the value of the next digit is added, and then another, as a fraction of
    /// 2^64: q^(2^i).
    more: u64,
}

/// Rarer than this, another multiple is drawn by trials instead of digits.
const RARE: f64 = 1.0 / 256.0;
const MOST_DIGITS: usize = 62;
const TWO_TO_32: f64 = (1_u64 << 32) as f64;
const TWO_TO_64: f64 = (1_u128 << 64) as f64;

impl Geometric {
    /// Failures before a success of this probability, which is between 0 and 1.
    pub(super) fn new(probability: f64) -> Geometric {
        let mut digits = Vec::new();
        // Its complement is kept, 1 - q^(2^i), as q of a small probability would lose its digits.
        let mut success = probability;
        while 1.0 - success > RARE && digits.len() * 2 < MOST_DIGITS {
            let low = digit(success);
            success = doubled(success);
            let high = digit(success);
            success = doubled(success);
            digits.push((low, high));
        }
        Geometric { digits, more: ((1.0 - success) * TWO_TO_64) as u64 }
    }

    #[inline]
    pub(super) fn draw(&self, rng: &mut Rng) -> u64 {
        let mut failures = 0;
        let mut digit = 0;
        for (low, high) in &self.digits {
            let bits = rng.next();
            failures |= u64::from((bits as u32) < *low) << digit;
            failures |= u64::from(((bits >> 32) as u32) < *high) << (digit + 1);
            digit += 2;
        }
        while rng.next() < self.more {
            failures += 1 << digit;
            // More than any shape has pairs.
            if failures >= 1 << 63 {
                break;
            }
        }
        failures
    }
}

/// The probability that one of twice as many trials succeeds.
fn doubled(success: f64) -> f64 {
    success * (2.0 - success)
}

fn digit(success: f64) -> u32 {
    let failure = 1.0 - success;
    (failure / (1.0 + failure) * TWO_TO_32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_distributed_geometrically() {
        const DRAWS: usize = 100_000;
        for (seed, probability) in [0.003, 0.1, 0.5, 0.9].into_iter().enumerate() {
            let geometric = Geometric::new(probability);
            let mut rng = Rng::new(seed as u64);
            let mut drawn: Vec<u64> = (0..DRAWS).map(|_| geometric.draw(&mut rng)).collect();
            drawn.sort_unstable();
            // The greatest distance of the two distributions (Kolmogorov and Smirnov): in one of a thousand samples
            // of the right one it is over 1.95 / sqrt(n).
            for quantile in 1..100 {
                let value = drawn[DRAWS * quantile / 100];
                let at_most = drawn.partition_point(|other| *other <= value) as f64 / DRAWS as f64;
                let expected = 1.0 - (1.0 - probability).powi(value as i32 + 1);
                assert!((at_most - expected).abs() < 1.95 / (DRAWS as f64).sqrt(), "p = {probability}, up to {value}");
            }
        }
    }

    #[test]
    fn certain_success_has_no_failures_and_impossible_success_ends() {
        let mut rng = Rng::new(0);
        assert_eq!(Geometric::new(1.0).draw(&mut rng), 0);
        for probability in [0.0, f64::MIN_POSITIVE, 1e-30] {
            let failures = Geometric::new(probability).draw(&mut rng);
            assert!(failures > 1 << 40, "p = {probability}: {failures}");
        }
    }
}
