/// A set of links between nodes: a hash table with linear probing. Much faster than a `HashSet`, which guards against
/// chosen keys.
pub(super) struct LinkSet {
    slots: Vec<u64>,
    count: usize,
}

/// No link: both ends would be node 0.
const FREE: u64 = 0;

impl LinkSet {
    /// An empty set, with room for this number of links.
    pub(super) fn with_capacity(links: usize) -> LinkSet {
        LinkSet { slots: vec![FREE; (links * 2).next_power_of_two().max(4)], count: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.slots.fill(FREE);
        self.count = 0;
    }

    #[inline]
    pub(super) fn contains(&self, a: u32, b: u32) -> bool {
        let link = link(a, b);
        self.slots[self.slot_of(link)] == link
    }

    /// Adds a link between two different nodes; `true` if it is new.
    #[inline]
    pub(super) fn insert(&mut self, a: u32, b: u32) -> bool {
        let link = link(a, b);
        let slot = self.slot_of(link);
        if self.slots[slot] == link {
            return false;
        }
        self.slots[slot] = link;
        self.count += 1;
        if self.count * 2 > self.slots.len() {
            self.grow();
        }
        true
    }

    /// Where the link is, or would be.
    #[inline]
    fn slot_of(&self, link: u64) -> usize {
        let last = self.slots.len() - 1;
        // The upper bits of the product depend on all bits of the link (Knuth, volume 3, 6.4).
        let hash = link.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut slot = (hash >> 32) as usize & last;
        while self.slots[slot] != link && self.slots[slot] != FREE {
            slot = (slot + 1) & last;
        }
        slot
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![FREE; self.slots.len() * 2];
        let slots = std::mem::replace(&mut self.slots, larger);
        for link in slots.into_iter().filter(|link| *link != FREE) {
            let slot = self.slot_of(link);
            self.slots[slot] = link;
        }
    }
}

/// Both ends in one number, in an order that does not depend on that of the arguments.
#[inline]
fn link(a: u32, b: u32) -> u64 {
    (u64::from(a.min(b)) << 32) | u64::from(a.max(b))
}
