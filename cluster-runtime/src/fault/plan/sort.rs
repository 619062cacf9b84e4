/// What an act does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Kill,
    Pause,
    Isolate,
    Partition,
    Bridge,
    MajoritiesRing,
    Cut,
    CutOneWay,
    Slow,
}

impl Sort {
    pub(super) const ALL: [Sort; 9] = [
        Sort::Kill,
        Sort::Pause,
        Sort::Isolate,
        Sort::Partition,
        Sort::Bridge,
        Sort::MajoritiesRing,
        Sort::Cut,
        Sort::CutOneWay,
        Sort::Slow,
    ];

    /// The function of `Act` for it.
    pub(super) fn act(self) -> &'static str {
        match self {
            Sort::Kill => "kill_minority",
            Sort::Pause => "pause_one",
            Sort::Isolate => "isolate_one",
            Sort::Partition => "halves",
            Sort::Bridge => "bridge",
            Sort::MajoritiesRing => "majorities_ring",
            Sort::Cut => "cut_link",
            Sort::CutOneWay => "cut_one_way",
            Sort::Slow => "slow_link",
        }
    }

    /// The function of `Step` for it.
    pub(super) fn step(self) -> &'static str {
        match self {
            Sort::Kill => "kill",
            Sort::Pause => "pause",
            Sort::Isolate => "isolate",
            Sort::Partition => "partition",
            Sort::Bridge => "bridge",
            Sort::MajoritiesRing => "majorities_ring",
            Sort::Cut => "cut",
            Sort::CutOneWay => "cut_one_way",
            Sort::Slow => "slow",
        }
    }

    /// Whether it is a fault of links, and not of nodes.
    pub(super) fn concerns_links(self) -> bool {
        !matches!(self, Sort::Kill | Sort::Pause)
    }

    /// Whether it blocks links, and does so in one of several ways.
    pub(super) fn blocks(self) -> bool {
        self.concerns_links() && self != Sort::Slow
    }
}
