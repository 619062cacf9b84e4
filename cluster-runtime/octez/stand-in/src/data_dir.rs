//! The data directory: which files there are at which moment.

use std::fs::{File, TryLockError, create_dir_all, read, read_dir, write};
use std::path::Path;

use serde_json::{Value, json};

use crate::command_line::Config;
use crate::identity::PeerId;
use crate::refusal::Result;

const IDENTITY: &str = "identity.json";
const CONFIG: &str = "config.json";
/// What a run leaves behind.
const OF_A_RUN: [&str; 2] = ["lock", "version.json"];

/// # Errors
/// When there is an identity, or any other file.
pub(crate) fn generate_identity(data_dir: &Path) -> Result<PeerId> {
    create_dir_all(data_dir).map_err(|error| format!("{}: {error}", data_dir.display()))?;
    expect(data_dir, &[], &[])?;
    let id = PeerId::draw();
    store(data_dir, IDENTITY, &json!({ "peer_id": id }))?;
    Ok(id)
}

/// # Errors
/// When there is no identity, or a configuration, or any other file.
pub(crate) fn init_config(data_dir: &Path, config: &Config) -> Result {
    expect(data_dir, &[IDENTITY], &OF_A_RUN)?;
    store(data_dir, CONFIG, &json!(config))
}

/// What a run needs. The directory is locked as long as it lives.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) id: PeerId,
    pub(crate) config: Config,
    _lock: File,
}

/// # Errors
/// When there is no identity or no configuration, or any other file, or when another node runs here.
pub(crate) fn open(data_dir: &Path) -> Result<Opened> {
    expect(data_dir, &[IDENTITY, CONFIG], &OF_A_RUN)?;
    let lock = File::create(data_dir.join("lock")).map_err(|error| format!("lock: {error}"))?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => format!("another node runs in {}", data_dir.display()),
        TryLockError::Error(error) => format!("lock: {error}"),
    })?;
    store(data_dir, "version.json", &json!({ "version": "3.2" }))?;
    let identity = load(data_dir, IDENTITY)?;
    let id = PeerId::parse(identity["peer_id"].as_str().unwrap_or_default())?;
    let config = serde_json::from_value(load(data_dir, CONFIG)?).map_err(|error| format!("{CONFIG}: {error}"))?;
    Ok(Opened { id, config, _lock: lock })
}

/// Refuses a directory that lacks one of the files, or has any that is not one of them nor optional.
fn expect(data_dir: &Path, files: &[&str], optional: &[&str]) -> Result {
    let dir = data_dir.display();
    let entries = read_dir(data_dir).map_err(|error| format!("{dir}: {error}"))?;
    let found = entries
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("{dir}: {error}"))?;
    if let Some(missing) = files.iter().find(|file| !found.iter().any(|found| found == *file)) {
        return Err(format!("there is no {missing} in {dir}"));
    }
    match found.iter().find(|found| !files.contains(&&***found) && !optional.contains(&&***found)) {
        Some(unexpected) => Err(format!("unexpected file {unexpected} in {dir}")),
        None => Ok(()),
    }
}

fn store(data_dir: &Path, name: &str, value: &Value) -> Result {
    write(data_dir.join(name), value.to_string()).map_err(|error| format!("{name}: {error}"))
}

fn load(data_dir: &Path, name: &str) -> Result<Value> {
    let bytes = read(data_dir.join(name)).map_err(|error| format!("{name}: {error}"))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{name}: {error}"))
}
