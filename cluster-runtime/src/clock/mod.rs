//! Deadlines on wall time, or on the virtual time of a simulation where the caller is in one.
//!
//! A test may pause tokio's clock; it then jumps whenever all tasks wait for sockets. So no deadline on wall time reads that clock.
#![allow(clippy::disallowed_methods, reason = "this is the clock")]

mod rounded;
mod virtual_time;

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::LazyLock;
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use futures_timer::Delay;
use tokio::time::Sleep;

pub(crate) use rounded::rounded;
#[cfg(feature = "simulated")]
pub(crate) use virtual_time::Shown;
pub(crate) use virtual_time::VirtualTime;

/// The environment variable whose value multiplies every timeout, for slow machines.
pub(crate) const FACTOR_VARIABLE: &str = "CLUSTER_TIMEOUT_FACTOR";

/// The default timeout of a wait.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

static FACTOR: LazyLock<Result<f64, String>> = LazyLock::new(|| match std::env::var(FACTOR_VARIABLE) {
    Err(std::env::VarError::NotPresent) => Ok(1.0),
    Err(error) => Err(error.to_string()),
    Ok(text) => parse_factor(&text),
});

fn parse_factor(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(factor) if factor > 0.0 && factor <= 1000.0 => Ok(factor),
        _ => Err(format!("expected a number above 0 and up to 1000, found `{text}`")),
    }
}

/// Why the factor in the environment cannot be read, if it cannot.
pub(crate) fn factor_error() -> Option<&'static str> {
    FACTOR.as_ref().err().map(String::as_str)
}

/// A moment by which something has to be done, and the timeout that led to it.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use cluster_runtime::wait::Deadline;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let deadline = Deadline::after(Duration::from_millis(1));
/// assert_eq!(deadline.bound(async { 7 }).await, Some(7));
/// assert_eq!(deadline.bound(std::future::pending::<()>()).await, None);
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    at: Instant,
    total: Duration,
}

impl Deadline {
    /// The deadline `timeout` from now, multiplied by `CLUSTER_TIMEOUT_FACTOR` from the environment. In a node in virtual time, and
    /// in the body of a wait on one, it is on that time, and is not multiplied.
    pub fn after(timeout: Duration) -> Self {
        let total = if VirtualTime::is_any() { timeout } else { stretched(timeout) };
        let now = instant();
        Self { at: now.checked_add(total).unwrap_or(now + Duration::from_secs(u64::from(u32::MAX))), total }
    }

    /// The timeout that led to this deadline, with the factor from the environment.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// The time until the deadline; zero after it.
    pub fn left(&self) -> Duration {
        self.at.saturating_duration_since(instant())
    }

    /// The time since the deadline; zero before it.
    pub(crate) fn late(&self) -> Duration {
        instant().saturating_duration_since(self.at)
    }

    /// A deadline with the same timeout, from now.
    pub(crate) fn renewed(self) -> Self {
        let now = instant();
        Self { at: now.checked_add(self.total).unwrap_or(self.at), total: self.total }
    }

    /// This deadline, or `most` from now if that is earlier.
    pub(crate) fn no_longer_than(self, most: Duration) -> Self {
        if self.left() <= most { self } else { Self { at: instant() + most, total: most } }
    }

    /// Waits for `future`. Returns its output, or `None` if the deadline passes first.
    pub async fn bound<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        // A future that is ready needs no timer.
        if let Poll::Ready(output) = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
            return Some(output);
        }
        let mut timer = Timer::after(self.left());
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => timer.poll(cx).map(|()| None),
        })
        .await
    }
}

/// `duration` times the factor from the environment.
fn stretched(duration: Duration) -> Duration {
    let factor = *FACTOR.as_ref().unwrap_or(&1.0);
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

/// A timer by the caller's time.
enum Timer {
    Wall(Delay),
    Virtual(Pin<Box<Sleep>>),
}

impl Timer {
    fn after(duration: Duration) -> Self {
        match VirtualTime::is_any() {
            false => Timer::Wall(Delay::new(duration)),
            true => Timer::Virtual(Box::pin(tokio::time::sleep(duration))),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Timer::Wall(delay) => Pin::new(delay).poll(cx),
            Timer::Virtual(sleep) => sleep.as_mut().poll(cx),
        }
    }
}

/// The clock of events: the wall clock at first use plus the monotonic time since then.
pub(crate) fn now() -> SystemTime {
    static START: LazyLock<(SystemTime, Instant)> = LazyLock::new(|| (SystemTime::now(), Instant::now()));
    let (wall, monotonic) = *START;
    wall.checked_add(monotonic.elapsed()).unwrap_or(wall)
}

/// The monotonic time, to measure durations: virtual where the caller is in virtual time.
pub(crate) fn instant() -> Instant {
    VirtualTime::present_instant().unwrap_or_else(Instant::now)
}

/// The same of wall time, wherever the caller is.
pub(crate) fn wall_instant() -> Instant {
    Instant::now()
}

/// Whether the caller's runtime has its clock paused by a test: it stands still while wall time goes on.
pub(crate) fn is_paused() -> bool {
    if VirtualTime::is_any() || tokio::runtime::Handle::try_current().is_err() {
        return false;
    }
    let (wall, clock) = (Instant::now(), tokio::time::Instant::now());
    while wall.elapsed() < Duration::from_micros(1) {
        std::hint::spin_loop();
    }
    tokio::time::Instant::now() == clock
}

/// Waits for `duration` by the caller's time: between two attempts at something that sends no signal.
pub(crate) async fn pause(duration: Duration) {
    match VirtualTime::is_any() {
        false => Delay::new(duration).await,
        true => tokio::time::sleep(duration).await,
    }
}

/// Waits for `duration` of wall time, wherever the caller is.
#[cfg(feature = "simulated")]
pub(crate) fn wall_pause(duration: Duration) -> impl Future<Output = ()> + Send + Unpin {
    Delay::new(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_is_a_positive_number() {
        assert_eq!(parse_factor(" 2.5 "), Ok(2.5));
        for wrong in ["0", "-1", "fast", "inf", "NaN", ""] {
            assert!(parse_factor(wrong).is_err(), "`{wrong}` was accepted");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_clock_does_not_fire_a_deadline() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            sender.send(()).expect("the receiver waits");
        });
        assert!(Deadline::after(Duration::from_secs(30)).bound(receiver).await.is_some());
    }

    #[tokio::test]
    async fn a_paused_clock_is_told_from_one_that_runs() {
        for _ in 0..1000 {
            assert!(!is_paused(), "the clock runs");
        }
        tokio::time::pause();
        assert!(is_paused(), "the clock is paused");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(is_paused(), "the clock was moved by hand");
        tokio::time::resume();
        assert!(!is_paused(), "the clock runs again");
    }

    #[test]
    fn no_clock_is_paused_outside_a_runtime() {
        assert!(!is_paused());
    }

    #[tokio::test]
    async fn a_deadline_fires_on_wall_time() {
        let started = Instant::now();
        let deadline = Deadline::after(Duration::from_millis(20));
        assert!(deadline.bound(std::future::pending::<()>()).await.is_none());
        assert!(started.elapsed() >= Duration::from_millis(20), "it fired after {:?}", started.elapsed());
    }
}
