//! Waits for what sends no signal.

use std::time::{Duration, Instant};

use cluster_runtime::Result;

/// How long a wait may take.
const MOST: Duration = Duration::from_secs(20);
/// How long it is before one looks again.
const PAUSE: Duration = Duration::from_millis(5);

/// Waits for something that sends no signal.
///
/// # Panics
/// When it has not come within 20 s.
pub async fn until(what: &str, mut check: impl FnMut() -> bool) {
    let started = Instant::now();
    while !check() {
        assert!(started.elapsed() < MOST, "not within {MOST:?}: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// As [`until`], for something that one asks for.
///
/// # Panics
/// When it has not come within 20 s.
///
/// # Errors
/// Those of the check.
pub async fn until_answered(what: &str, mut check: impl AsyncFnMut() -> Result<bool>) -> Result {
    let started = Instant::now();
    while !check().await? {
        assert!(started.elapsed() < MOST, "not within {MOST:?}: {what}");
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Waits until nothing is left.
///
/// # Errors
/// With what is left after this time.
pub async fn until_empty(within: Duration, mut left: impl FnMut() -> Vec<String>) -> Result<(), Vec<String>> {
    let started = Instant::now();
    loop {
        let left = left();
        if left.is_empty() {
            return Ok(());
        }
        if started.elapsed() > within {
            return Err(left);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
