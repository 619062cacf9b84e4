//! What a user sees: every mistake at its token, in our words, and no second error from rustc.
//!
//! A test binary of its own, as it spawns compilers: see `process`.
//!
//! `TRYBUILD=overwrite cargo test -p cluster-tests --test ui` rewrites the snapshots.

#[test]
fn every_mistake_is_shown_at_its_token() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
