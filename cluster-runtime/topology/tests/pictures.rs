//! The pictures in the documentation are those that the code draws.
//!
//! `CLUSTER_PICTURES=overwrite cargo test -p cluster-topology --test pictures` writes them anew; look at them.
#![allow(clippy::disallowed_methods, reason = "it reads and writes the pictures")]

mod shapes;

use std::fs;
use std::path::{Path, PathBuf};

use shapes::shapes;

fn path_of(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures").join(name).with_extension("svg")
}

#[test]
fn the_pictures_of_the_documentation_are_as_drawn() {
    let is_overwrite = std::env::var_os("CLUSTER_PICTURES").is_some_and(|value| value == "overwrite");
    let mut outdated = Vec::new();
    for (name, svg) in shapes() {
        let path = path_of(name);
        if fs::read_to_string(&path).ok().as_deref() == Some(&svg) {
            continue;
        }
        match is_overwrite {
            true => fs::write(&path, svg).expect("the directory is there"),
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
    let names: Vec<PathBuf> = shapes().into_iter().map(|(name, _)| path_of(name)).collect();
    for entry in fs::read_dir(path_of("x").parent().expect("it has one")).expect("it is there") {
        let path = entry.expect("it is there").path();
        assert!(names.contains(&path), "no shape has the picture {}", path.display());
    }
}
