use std::fmt::{self, Write};

use crate::layout::{Frame, Layout, LinkState, Point, Route, Symbol, along};
use crate::topology::Topology;

/// The looks, in light and in dark surroundings. All rules begin with the class of the picture, as those of a picture within a
/// page hold for the whole page.
const STYLE: &str = include_str!("picture.css");

/// How many colours the declarations have.
const COLOURS: usize = 6;
/// The height of a row of the legend.
const ROW: f64 = 20.0;
const LEGEND_WIDTH: f64 = 250.0;
/// How finely the end of a curve is searched.
const STEPS: u32 = 100;
const ARROW: f64 = 8.0;

impl Topology {
    /// The topology as a picture in SVG, with the geometry of its [`layout`](Topology::layout). It loads nothing, and can be
    /// put in a file or in a page as it is. It has light and dark colours, and a title for each node and link.
    ///
    /// ```
    /// # use cluster_topology::Topology;
    /// let mut pair = Topology::new(["boot", "peers.1"]);
    /// pair.link(0, 1)?;
    /// let svg = pair.to_svg();
    /// assert!(svg.contains("<title>boot - peers.1</title>"), "{svg}");
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    ///
    /// A star and a clique around one node:
    ///
    #[cfg_attr(doc, doc = include_str!("../../pictures/card.svg"))]
    pub fn to_svg(&self) -> String {
        svg(&self.layout(), "")
    }

    /// This topology and one that was observed as one picture: links that both have, those that are missing (dashed), and those
    /// that are not declared (dotted), with a legend. Nodes are the same if they have the same name.
    ///
    /// ```
    /// # use cluster_topology::Topology;
    /// let mut declared = Topology::new(["boot", "peers.1", "peers.2"]);
    /// declared.link(0, 1)?;
    /// let mut observed = declared.clone();
    /// declared.link(0, 2)?;
    /// observed.link(1, 2)?;
    /// let svg = declared.to_svg_with(&observed);
    /// assert!(svg.contains("<title>boot - peers.2: missing</title>"), "{svg}");
    /// assert!(svg.contains("<title>peers.1 - peers.2: undeclared</title>"), "{svg}");
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    ///
    #[cfg_attr(doc, doc = include_str!("../../pictures/declared_and_observed.svg"))]
    pub fn to_svg_with(&self, observed: &Topology) -> String {
        let layout = self.layout_with(observed);
        let height = layout.height;
        let layout = Layout { width: layout.width.max(LEGEND_WIDTH), height: layout.height + 3.5 * ROW, ..layout };
        svg(&layout, &legend(&layout, height))
    }
}

fn svg(layout: &Layout, legend: &str) -> String {
    let (width, height) = (layout.width.ceil(), layout.height.ceil());
    let links: usize = layout.routes.iter().map(|route| route.links.len()).sum();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cluster-topology\" role=\"graphics-document\" \
         aria-label=\"{}, {}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n",
        counted(layout.names.len(), "node"),
        counted(links, "link"),
    );
    svg += "<style>\n";
    svg += STYLE;
    svg += "</style>\n";
    layout.frames.iter().for_each(|frame| svg += &frame_of(frame));
    // What differs is drawn above what does not.
    let mut routes: Vec<&Route> = layout.routes.iter().filter(|route| is_drawn(route)).collect();
    routes.sort_by_key(|route| route.state);
    routes.into_iter().for_each(|route| svg += &route_of(route, layout));
    // Above the links that cross the frames.
    layout.frames.iter().for_each(|frame| svg += &name_of(frame));
    layout.symbols.iter().for_each(|symbol| svg += &symbol_of(symbol));
    svg += legend;
    svg + "</svg>\n"
}

/// The links within a symbol are told by its title, unless they differ.
fn is_drawn(route: &Route) -> bool {
    route.symbols.0 != route.symbols.1 || route.state != LinkState::Up
}

fn frame_of(frame: &Frame) -> String {
    let Point { x, y } = frame.corner;
    format!(
        "<g class=\"frame\"><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"10\"/></g>\n",
        Text(&frame.name),
        Pixels(x),
        Pixels(y),
        Pixels(frame.width),
        Pixels(frame.height),
    )
}

fn name_of(frame: &Frame) -> String {
    let Point { x, y } = frame.corner;
    format!(
        "<text class=\"frame-name\" x=\"{}\" y=\"{}\">{}</text>\n",
        Pixels(x + 12.0),
        Pixels(y + 18.0),
        Text(&frame.label)
    )
}

fn route_of(route: &Route, layout: &Layout) -> String {
    let mut path = String::new();
    for (position, point) in route.path.iter().enumerate() {
        let command = match (position, route.path.len()) {
            (0, _) => "M",
            (1, 4) => " C",
            (1, _) => " L",
            _ => " ",
        };
        path += &format!("{command}{} {}", Pixels(point.x), Pixels(point.y));
    }
    let arrow = if route.one_way { arrow(&route.path, &layout.symbols[route.symbols.1]) } else { String::new() };
    format!(
        "<g class=\"link {}\"><title>{}</title><path d=\"{path}\"/>{arrow}</g>\n",
        class(route.state),
        Text(&title_of(route, layout)),
    )
}

fn title_of(route: &Route, layout: &Layout) -> String {
    let arrow = if route.one_way { "->" } else { "-" };
    let state = match route.state {
        LinkState::Up => "",
        LinkState::Missing => ": missing",
        LinkState::Undeclared => ": undeclared",
    };
    if let [(a, b)] = *route.links {
        return format!("{} {arrow} {}{state}", layout.names[a], layout.names[b]);
    }
    let ends = [route.symbols.0, route.symbols.1].map(|symbol| layout.symbols[symbol].label.as_str());
    format!("{} {arrow} {}: {}{state}", ends[0], ends[1], counted(route.links.len(), "link"))
}

const fn class(state: LinkState) -> &'static str {
    match state {
        LinkState::Up => "up",
        LinkState::Missing => "missing",
        LinkState::Undeclared => "undeclared",
    }
}

/// The head of an arrow, where the path reaches the symbol.
fn arrow(path: &[Point], symbol: &Symbol) -> String {
    let is_outside = |point: Point| {
        (point.x - symbol.center.x).abs() > symbol.width / 2.0
            || (point.y - symbol.center.y).abs() > symbol.height / 2.0
    };
    let points = (0..STEPS).rev().map(|step| along(path, f64::from(step) / f64::from(STEPS)));
    let mut outside = points.filter(|point| is_outside(*point));
    let Some(tip) = outside.next() else { return String::new() };
    let Some(tail) = outside.find(|point| distance(*point, tip) > ARROW) else { return String::new() };
    let length = distance(tail, tip);
    let (x, y) = ((tip.x - tail.x) / length, (tip.y - tail.y) / length);
    let corner = |side: f64| {
        let x_of = tip.x - ARROW * x - side * y;
        let y_of = tip.y - ARROW * y + side * x;
        format!("{},{}", Pixels(x_of), Pixels(y_of))
    };
    let half = ARROW / 2.0;
    format!("<polygon points=\"{},{} {} {}\"/>", Pixels(tip.x), Pixels(tip.y), corner(half), corner(-half))
}

fn distance(a: Point, b: Point) -> f64 {
    ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).sqrt()
}

fn symbol_of(symbol: &Symbol) -> String {
    let Point { x, y } = symbol.center;
    let rect = |shift: f64| {
        format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
            Pixels(x - symbol.width / 2.0 + shift),
            Pixels(y - symbol.height / 2.0 + shift),
            Pixels(symbol.width),
            Pixels(symbol.height),
            Pixels(symbol.height.min(22.0) / 2.0),
        )
    };
    let text = |y: f64, class: &str, text: &str| {
        format!("<text{class} x=\"{}\" y=\"{}\">{}</text>", Pixels(x), Pixels(y), Text(text))
    };
    let is_several = symbol.nodes.len() > 1;
    let (title, inside) = match is_several {
        false => (symbol.name.clone(), rect(0.0) + &text(y + 4.0, "", &symbol.label)),
        true => {
            let shape = if symbol.shape.is_empty() { String::new() } else { format!(", {}", symbol.shape) };
            let lines = match symbol.shape {
                "" => text(y + 4.0, "", &symbol.label),
                shape => text(y - 3.0, "", &symbol.label) + &text(y + 12.0, " class=\"shape\"", shape),
            };
            (format!("{}{shape}", symbol.label), rect(4.0) + &rect(0.0) + &lines)
        }
    };
    format!(
        "<g class=\"node colour{}\"><title>{}</title>{inside}</g>\n",
        symbol.declaration % COLOURS,
        Text(title.trim()),
    )
}

fn legend(layout: &Layout, top: f64) -> String {
    let count = |state| -> usize {
        layout.routes.iter().filter(|route| route.state == state).map(|route| route.links.len()).sum()
    };
    let rows = [
        (LinkState::Up, "declared and up"),
        (LinkState::Missing, "declared, missing"),
        (LinkState::Undeclared, "undeclared"),
    ];
    let mut legend = String::new();
    for (row, (state, text)) in rows.into_iter().enumerate() {
        let y = Pixels(top + (row as f64 + 0.5) * ROW);
        legend += &format!(
            "<g class=\"link {}\"><path d=\"M16 {y} L56 {y}\"/></g><text class=\"legend\" x=\"66\" y=\"{}\">{text}: {}</text>\n",
            class(state),
            Pixels(y.0 + 4.0),
            count(state),
        );
    }
    legend
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// A number with one decimal, or none.
struct Pixels(f64);

impl fmt::Display for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round();
        // Not "-0".
        let tenths = if tenths == 0.0 { 0.0 } else { tenths };
        write!(f, "{}", tenths / 10.0)
    }
}

/// Text in XML.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            // XML has none of them, and a blank line would end the picture in Markdown.
            _ if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => {
                f.write_char(char::REPLACEMENT_CHARACTER)
            }
            _ => f.write_char(char),
        })
    }
}
