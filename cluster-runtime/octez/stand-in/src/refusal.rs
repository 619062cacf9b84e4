/// Why the stand-in does not do what it is told.
type Refusal = String;

pub(crate) type Result<T = (), E = Refusal> = std::result::Result<T, E>;
