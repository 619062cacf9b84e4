use std::ops::{Add, Mul, Sub};

/// A place in a picture: pixels to the right, and down.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

impl Point {
    pub(super) const ZERO: Point = Point { x: 0.0, y: 0.0 };

    pub(super) const fn new(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    /// The point of the unit circle at so many turns clockwise from the top.
    ///
    /// It is computed by arithmetic that is exact by IEEE 754, as the sine of the system differs between systems.
    pub(super) fn on_circle(turns: f64) -> Point {
        let turns = turns - turns.floor();
        let quarter = (turns * 4.0).floor();
        let angle = (turns - quarter / 4.0) * std::f64::consts::TAU;
        let (mut sine, mut cosine, mut term) = (0.0, 0.0, 1.0);
        for power in 0..24 {
            match power % 4 {
                0 => cosine += term,
                1 => sine += term,
                2 => cosine -= term,
                _ => sine -= term,
            }
            term *= angle / f64::from(power + 1);
        }
        match quarter as u8 {
            0 => Point::new(sine, -cosine),
            1 => Point::new(cosine, sine),
            2 => Point::new(-sine, cosine),
            _ => Point::new(-cosine, -sine),
        }
    }

    /// Its direction in turns clockwise from the top, at least 0 and less than 1.
    pub(super) fn turns(self) -> f64 {
        let turns = self.x.atan2(-self.y) / std::f64::consts::TAU;
        turns - turns.floor()
    }

    pub(super) fn length(self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }
}

impl Add for Point {
    type Output = Point;

    fn add(self, other: Point) -> Point {
        Point::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Point;

    fn sub(self, other: Point) -> Point {
        Point::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f64> for Point {
    type Output = Point;

    fn mul(self, factor: f64) -> Point {
        Point::new(self.x * factor, self.y * factor)
    }
}

/// The point of a path at `t` between 0 and 1.
pub(crate) fn along(path: &[Point], t: f64) -> Point {
    let s = 1.0 - t;
    match *path {
        [a, b] => a * s + b * t,
        [a, b, c, d] => a * (s * s * s) + b * (3.0 * s * s * t) + c * (3.0 * s * t * t) + d * (t * t * t),
        _ => Point::ZERO,
    }
}

/// Half the width and half the height of something.
pub(super) type Half = Point;

/// A rectangle around points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) low: Point,
    pub(super) high: Point,
}

impl Bounds {
    pub(super) const NONE: Bounds = Bounds {
        low: Point::new(f64::INFINITY, f64::INFINITY),
        high: Point::new(f64::NEG_INFINITY, f64::NEG_INFINITY),
    };

    pub(super) fn around(center: Point, half: Half) -> Bounds {
        Bounds { low: center - half, high: center + half }
    }

    pub(super) fn and(self, other: Bounds) -> Bounds {
        Bounds {
            low: Point::new(self.low.x.min(other.low.x), self.low.y.min(other.low.y)),
            high: Point::new(self.high.x.max(other.high.x), self.high.y.max(other.high.y)),
        }
    }

    pub(super) fn size(self) -> Point {
        self.high - self.low
    }

    pub(super) fn contains(self, point: Point) -> bool {
        self.low.x < point.x && point.x < self.high.x && self.low.y < point.y && point.y < self.high.y
    }
}
