//! Where containers find programs.

use std::io;
use std::path::{Path, PathBuf};

use bollard::models::Mount;

use crate::{image, tools};

/// A program, as a container finds it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) program: String,
    pub(crate) image: String,
    /// What the container needs of this machine.
    pub(crate) mounts: Vec<Mount>,
}

/// One that is given by its name is that of the image, or that of this machine where there is none. One that is given by its path
/// is a file of this machine.
///
/// # Errors
/// When there is no such file.
pub(crate) fn find(program: &str, image: Option<&str>) -> io::Result<Found> {
    let Some(image) = image else {
        let file = file_of(program)?;
        let mut mounts = image::mounts();
        mounts.extend((!image::has(&file)).then(|| image::read_only(&file)));
        return Ok(Found { program: file.display().to_string(), image: image::NAME.to_owned(), mounts });
    };
    if !program.contains('/') {
        return Ok(Found { program: program.to_owned(), image: image.to_owned(), mounts: Vec::new() });
    }
    let file = file_of(program)?;
    let mounts = vec![image::read_only(&file)];
    Ok(Found { program: file.display().to_string(), image: image.to_owned(), mounts })
}

fn file_of(program: &str) -> io::Result<PathBuf> {
    if program.contains('/') {
        return std::path::absolute(Path::new(program));
    }
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("the program `{program}` was not found in PATH"));
    tools::find(program).ok_or_else(missing)
}
