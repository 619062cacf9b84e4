use std::ptr::from_ref;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing::Metadata;

/// The number of slots, a power of two.
const SLOTS: usize = 1024;
/// The most that are taken, so that a search is short.
const MOST: usize = SLOTS / 4 * 3;

/// Places in the code whose events a node's levels hide: the first event of each was collected, and no other is wanted. Once the
/// table is full those of further places are all collected. Asking takes no lock.
#[derive(Debug, Default)]
pub(super) struct Noted {
    slots: OnceLock<Box<[AtomicUsize]>>,
    taken: AtomicUsize,
}

/// The address of a place in the code.
pub(super) fn place(metadata: &Metadata<'_>) -> usize {
    from_ref(metadata.callsite().0).addr()
}

impl Noted {
    pub(super) fn has(&self, place: usize) -> bool {
        let Some(slots) = self.slots.get() else { return false };
        let found =
            search(place).map(|slot| slots[slot].load(Ordering::Relaxed)).find(|known| [0, place].contains(known));
        found == Some(place)
    }

    pub(super) fn add(&self, place: usize) {
        if self.taken.load(Ordering::Relaxed) >= MOST {
            return;
        }
        let slots = self.slots.get_or_init(|| (0..SLOTS).map(|_| AtomicUsize::new(0)).collect());
        for slot in search(place) {
            match slots[slot].compare_exchange(0, place, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => {
                    self.taken.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Err(known) if known == place => return,
                Err(_) => {}
            }
        }
    }
}

/// The slots to look at, one after the other.
fn search(place: usize) -> impl Iterator<Item = usize> {
    // Places are near each other, and aligned: the golden ratio scatters them.
    let scattered = (place >> 3).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize);
    let first = scattered >> (usize::BITS - SLOTS.ilog2());
    (0..SLOTS).map(move |step| (first + step) % SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_keeps_its_places_and_takes_no_more() {
        let noted = Noted::default();
        let places: Vec<usize> = (1..=2 * MOST).map(|number| number * 8).collect();
        for (number, place) in places.iter().enumerate() {
            assert!(!noted.has(*place), "place {number} was not added");
            noted.add(*place);
            noted.add(*place);
        }
        let known = places.iter().filter(|place| noted.has(**place)).count();
        assert_eq!((known, noted.has(places[0]), noted.has(places[MOST])), (MOST, true, false));
    }
}
