/// Something that a start may ask of a node and that not every kind supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// Private mode: a node dials and admits its declared peers only.
    Private,
    /// Public mode: a node also learns of other nodes.
    Public,
    /// A link that only one side dials, in private mode.
    OneWayPrivate,
    /// Reporting connections.
    Connections,
    /// A default level of events other than `Info`.
    EventLevel,
    /// Levels of sections of events, but for the sections `node` and `process`, which are the runtime's own.
    EventSectionsLevels,
    /// Relays on its links: it reaches its peers at the addresses that it is told, and does not tell others its own.
    LinkControl,
}

impl Feature {
    /// All of them.
    #[cfg(feature = "process")]
    pub(crate) const ALL: [Feature; 7] = [
        Feature::Private,
        Feature::Public,
        Feature::OneWayPrivate,
        Feature::Connections,
        Feature::EventLevel,
        Feature::EventSectionsLevels,
        Feature::LinkControl,
    ];

    /// What the feature is called in an error.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Feature::Private => "private mode",
            Feature::Public => "public mode",
            Feature::OneWayPrivate => "one-way links in private mode",
            Feature::Connections => "reporting to whom they are connected",
            Feature::EventLevel => "a default level of events other than `Info`",
            Feature::EventSectionsLevels => "levels of sections of events",
            Feature::LinkControl => "the control of its links by relays",
        }
    }

    /// What to do where the feature is missing.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Feature::Private => {
                "start with `.public(true)`; a `Process` that dials and admits its declared peers only can say so: \
                 `.supports(Feature::Private)`"
            }
            Feature::Public => "start without `.public(true)`",
            Feature::OneWayPrivate => "link them both ways with `connect`, or start with `.public(true)`",
            Feature::Connections => "start without `.wait_connections(true)`",
            Feature::EventLevel => "start without `.event_level(..)`",
            Feature::EventSectionsLevels => "start without `.event_sections_levels(..)`",
            Feature::LinkControl => "start without `.link_control(true)`, and declare no conditions of its links",
        }
    }
}
