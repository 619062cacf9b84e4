//! Where containers find programs.

use std::io;
use std::path::{Path, PathBuf};

use bollard::models::Mount;

use crate::engine::{Engine, is_missing};
use crate::{image, tools};

/// Where programs are in an image that does not say it.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A program, as a container finds it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) program: String,
    pub(crate) image: String,
    /// What the container needs of this machine.
    pub(crate) mounts: Vec<Mount>,
    /// The paths one of which it has in the image, if it is the image's.
    pub(crate) candidates: Vec<String>,
}

/// One that is given by its name is that of the image, or that of this machine where there is none. One that is given by its path
/// is a file of this machine.
///
/// # Errors
/// When there is no such file, or no such image.
pub(crate) async fn find(engine: &Engine, program: &str, image: Option<&str>) -> io::Result<Found> {
    let Some(image) = image else {
        let file = file_of(program)?;
        let mut mounts = image::mounts();
        mounts.extend((!image::has(&file)).then(|| image::read_only(&file)));
        let (program, image) = (file.display().to_string(), image::NAME.to_owned());
        return Ok(Found { program, image, mounts, candidates: Vec::new() });
    };
    let path = path_in(engine, image).await?;
    if !program.contains('/') {
        let candidates = path.split(':').map(|directory| format!("{directory}/{program}")).collect();
        return Ok(Found { program: program.to_owned(), image: image.to_owned(), mounts: Vec::new(), candidates });
    }
    let file = file_of(program)?;
    let (program, mounts) = (file.display().to_string(), vec![image::read_only(&file)]);
    Ok(Found { program, image: image.to_owned(), mounts, candidates: Vec::new() })
}

/// The directories of programs in an image.
async fn path_in(engine: &Engine, image: &str) -> io::Result<String> {
    let inspected = engine.docker().inspect_image(image).await.map_err(|error| match is_missing(&error) {
        true => io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no image `{image}`\nhelp: pull it first: `docker pull {image}`, `podman pull {image}`"),
        ),
        false => engine.about(&error),
    })?;
    let variables = inspected.config.and_then(|config| config.env).unwrap_or_default();
    let path = variables.iter().find_map(|variable| variable.strip_prefix("PATH="));
    Ok(path.unwrap_or(PATH).to_owned())
}

/// # Errors
/// When a container has none of these files, with the program that was looked for.
pub(crate) async fn check(engine: &Engine, container: &str, found: &Found) -> io::Result<()> {
    for candidate in &found.candidates {
        if engine.has_file(container, candidate).await? {
            return Ok(());
        }
    }
    match found.candidates.is_empty() {
        true => Ok(()),
        false => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!(
                "there is no program `{}` in the image `{}`\n\
                 help: take an image that has it, or give the path of a file of this machine, which is mounted",
                found.program, found.image
            ),
        )),
    }
}

fn file_of(program: &str) -> io::Result<PathBuf> {
    if program.contains('/') {
        return std::path::absolute(Path::new(program));
    }
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("the program `{program}` was not found in PATH"));
    tools::find(program).ok_or_else(missing)
}
