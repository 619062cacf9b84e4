//! Where programs are, for containers here and on other hosts.

use std::io;
use std::path::{Path, PathBuf};

use crate::engine::{Engine, is_missing};
use crate::found::Found;
use crate::host::Host;
use crate::volume::InVolume;
use crate::{image, tools};

/// Where programs are in an image that does not say it.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// For a container on this machine. One that is given by its name is that of the image, or that of this machine where there is none. One
/// that is given by its path is a file of this machine.
///
/// # Errors
/// When there is no such file, or no such image.
pub(crate) async fn here(engine: &Engine, program: &str, image: Option<&str>) -> io::Result<Found> {
    let Some(image) = image else {
        let file = file_of(program)?;
        let mut mounts = image::mounts();
        mounts.extend((!image::has(&file)).then(|| image::read_only(&file)));
        return Ok(Found::file(file.display().to_string(), image::NAME, mounts));
    };
    let path = path_in(engine, image).await?;
    if !program.contains('/') {
        return Ok(of_image(program, image, &path));
    }
    let file = file_of(program)?;
    Ok(Found::file(file.display().to_string(), image, vec![image::read_only(&file)]))
}

/// For a container on another host. One that is given by its name is that of the image, or that of the host where there is none. One
/// that is given by its path is a file of this machine, and is copied by way of a container there.
///
/// # Errors
/// When there is no such file, or no such image.
pub(crate) async fn there(host: &Host, volume: &InVolume, program: &str, image: Option<&str>) -> io::Result<Found> {
    let path = match image {
        Some(image) => path_in(&host.engine, image).await?,
        None => PATH.to_owned(),
    };
    let (name, mounts) = image.map_or_else(|| (image::NAME, image::mounts()), |image| (image, Vec::new()));
    if program.contains('/') {
        return Ok(Found::file(host.copies.copy(volume, file_of(program)?).await?, name, mounts));
    }
    if image.is_some() {
        return Ok(of_image(program, name, &path));
    }
    let lack = format!(
        "there is no program `{program}` on host `{}`\n\
         help: install it there, or give the path of a file of this machine, which is copied",
        host.name
    );
    Ok(Found::named(program, name, mounts, &path, lack))
}

fn of_image(program: &str, image: &str, path: &str) -> Found {
    let lack = format!(
        "there is no program `{program}` in the image `{image}`\n\
         help: take an image that has it, or give the path of a file of this machine"
    );
    Found::named(program, image, Vec::new(), path, lack)
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

fn file_of(program: &str) -> io::Result<PathBuf> {
    if program.contains('/') {
        return std::path::absolute(Path::new(program));
    }
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("the program `{program}` was not found in PATH"));
    tools::find(program).ok_or_else(missing)
}
