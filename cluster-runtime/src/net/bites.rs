use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Notify;

/// What one fault has done to the traffic of nodes so far. Probes do not count.
pub(crate) struct Bites {
    connections: AtomicU64,
    dials: AtomicU64,
    bytes: AtomicU64,
    ends: AtomicU64,
    datagrams: AtomicU64,
    packets: AtomicU64,
    has_bitten: AtomicBool,
    first: Notify,
    on_first: Box<dyn Fn() + Send + Sync>,
}

/// The counts of [`Bites`] at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Connections closed.
    pub(crate) connections: u64,
    /// Dials refused, delayed, or not answered.
    pub(crate) dials: u64,
    /// Bytes of streams withheld or delayed.
    pub(crate) bytes: u64,
    /// Ends of streams withheld or delayed.
    pub(crate) ends: u64,
    /// Datagrams withheld, delayed, duplicated or reordered.
    pub(crate) datagrams: u64,
    /// Packets that the place of the nodes has withheld or delayed.
    pub(crate) packets: u64,
}

impl Bites {
    /// `on_first` is called at the first bite.
    pub(crate) fn new(on_first: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            connections: AtomicU64::new(0),
            dials: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            ends: AtomicU64::new(0),
            datagrams: AtomicU64::new(0),
            packets: AtomicU64::new(0),
            has_bitten: AtomicBool::new(false),
            first: Notify::new(),
            on_first: Box::new(on_first),
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            connections: load(&self.connections),
            dials: load(&self.dials),
            bytes: load(&self.bytes),
            ends: load(&self.ends),
            datagrams: load(&self.datagrams),
            packets: load(&self.packets),
        }
    }

    pub(crate) fn has_bitten(&self) -> bool {
        self.has_bitten.load(Ordering::Acquire)
    }

    /// Resolves at the first bite.
    pub(crate) async fn until_bitten(&self) {
        let first = self.first.notified();
        if !self.has_bitten() {
            first.await;
        }
    }

    pub(super) fn connection(&self) {
        self.add(&self.connections, 1);
    }

    pub(super) fn dial(&self) {
        self.add(&self.dials, 1);
    }

    /// So many dials at once.
    pub(crate) fn dials(&self, count: usize) {
        if count > 0 {
            self.add(&self.dials, u64::try_from(count).unwrap_or(u64::MAX));
        }
    }

    /// So many bytes of a stream, or its end if there are none.
    pub(super) fn bytes(&self, count: usize) {
        match count {
            0 => self.add(&self.ends, 1),
            _ => self.add(&self.bytes, u64::try_from(count).unwrap_or(u64::MAX)),
        }
    }

    /// So many packets in all.
    pub(crate) fn packets(&self, count: u64) {
        let more = count.saturating_sub(self.packets.load(Ordering::Relaxed));
        if more > 0 {
            self.add(&self.packets, more);
        }
    }

    pub(super) fn datagram(&self) {
        self.add(&self.datagrams, 1);
    }

    fn add(&self, counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
        if !self.has_bitten.swap(true, Ordering::AcqRel) {
            (self.on_first)();
            self.first.notify_waiters();
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, dials, bytes, ends, datagrams, packets } = self;
        if *packets > 0 {
            return write!(f, "{packets} packets");
        }
        write!(
            f,
            "{connections} connections, {dials} dials, {bytes} bytes, {ends} ends of streams and {datagrams} datagrams"
        )
    }
}

impl fmt::Debug for Bites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts().fmt(f)
    }
}
