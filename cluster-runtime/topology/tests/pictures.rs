//! The pictures in the documentation are those that the code draws.
//!
//! `CLUSTER_PICTURES=overwrite cargo test -p cluster-topology --test pictures` writes them anew; look at them.
#![allow(clippy::disallowed_methods, reason = "it reads and writes the pictures")]

mod shapes;

use std::fs;
use std::path::{Path, PathBuf};

use shapes::{card, observed_card, shapes};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures")
}

/// The files and their contents.
fn pictures() -> Vec<(String, String)> {
    let shapes = shapes();
    let mut pictures: Vec<_> =
        shapes.iter().map(|(name, _, network)| (format!("{name}.svg"), network.to_svg())).collect();
    pictures.push(("card.svg".into(), card().to_svg()));
    pictures.push(("declared_and_observed.svg".into(), card().to_svg_with(&observed_card())));
    let all = shapes.iter().map(|(_, declaration, network)| {
        format!("<figure style=\"display: inline-block; margin: 0 2em 1em 0\">\n<figcaption><code>{declaration}</code></figcaption>\n{}</figure>\n", network.to_svg())
    });
    pictures.push(("all.html".into(), all.collect()));
    pictures
}

#[test]
fn the_pictures_of_the_documentation_are_as_drawn() {
    let is_overwrite = std::env::var_os("CLUSTER_PICTURES").is_some_and(|value| value == "overwrite");
    let mut outdated = Vec::new();
    for (name, picture) in pictures() {
        let path = directory().join(&name);
        if fs::read_to_string(&path).ok().as_deref() == Some(&picture) {
            continue;
        }
        match is_overwrite {
            true => fs::write(&path, picture).expect("the directory is there"),
            false => outdated.push(name),
        }
    }
    assert!(
        outdated.is_empty(),
        "outdated: {outdated:?}\nhelp: `CLUSTER_PICTURES=overwrite cargo test -p cluster-topology --test pictures` writes \
         them anew; look at them before the commit"
    );
}

#[test]
fn no_picture_of_the_documentation_is_left_over() {
    let names: Vec<String> = pictures().into_iter().map(|(name, _)| name).collect();
    for entry in fs::read_dir(directory()).expect("it is there") {
        let name = entry.expect("it is there").file_name().display().to_string();
        assert!(names.contains(&name), "nothing has the picture {name}");
    }
}
