/// Random numbers that follow from a seed alone: the same on every machine and in every release.
///
/// xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state filled from
/// the seed by SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), as its
/// authors recommend. All is integer arithmetic.
#[derive(Clone, Debug)]
pub struct Rng([u64; 4]);

impl Rng {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Rng {
        let mut state = seed;
        Rng([(); 4].map(|()| split_mix(&mut state)))
    }

    /// The next number.
    #[allow(clippy::should_implement_trait, reason = "it never ends")]
    #[inline]
    pub fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A number below `bound`, each equally likely (Lemire, "Fast random integer generation in an interval", 2019).
    ///
    /// `bound` is not 0.
    #[inline]
    pub fn below(&mut self, bound: u32) -> u32 {
        let mut product = self.scaled(bound);
        if (product as u32) < bound {
            let unfair = bound.wrapping_neg() % bound;
            while (product as u32) < unfair {
                product = self.scaled(bound);
            }
        }
        (product >> 32) as u32
    }

    /// 32 random bits times `bound`: the upper half is below `bound`, the lower tells what the rounding took.
    #[inline]
    fn scaled(&mut self, bound: u32) -> u64 {
        (self.next() >> 32) * u64::from(bound)
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xoshiro_gives_its_reference_numbers() {
        let mut rng = Rng([1, 2, 3, 4]);
        let reference = [41943041, 58720359, 3588806011781223, 3591011842654386, 9228616714210784205];
        assert_eq!(reference.map(|_| rng.next()), reference);
    }

    #[test]
    fn split_mix_gives_its_reference_numbers() {
        let mut state = 1234567;
        let reference =
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        assert_eq!(reference.map(|_| split_mix(&mut state)), reference);
    }

    #[test]
    fn a_bounded_number_is_fair() {
        // A bound just over two thirds of the range, where taking a remainder would favour the lower half.
        let bound = 3 << 30;
        let mut rng = Rng::new(1);
        let lower = (0..100_000).filter(|_| rng.below(bound) < bound / 2).count();
        assert!((49_000..51_000).contains(&lower), "{lower} of 100000 in the lower half");
        for bound in 1..9 {
            assert!((0..100).all(|_| rng.below(bound) < bound));
        }
    }
}
