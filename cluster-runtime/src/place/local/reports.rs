//! The directories of reports.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::root::{target_directory, temporary};
use crate::ordered::ordered;

/// How many reports of a test are kept.
const KEPT: usize = 20;
/// Where the earlier ones are.
const EARLIER: &str = ".earlier";

/// An empty directory for a report of this name: below `parent`, or else in `cluster` in the target directory. The last report of
/// this name is moved to those before it.
pub(crate) fn new_report_directory(parent: Option<&Path>, name: &str) -> io::Result<PathBuf> {
    let parent = parent.map_or_else(|| target_directory().unwrap_or_else(temporary).join("cluster"), Path::to_owned);
    let directory = parent.join(name);
    if directory.exists() {
        put_away(&directory, &parent.join(EARLIER).join(name))?;
    }
    fs::create_dir_all(&directory)?;
    Ok(directory)
}

/// Links a directory that is elsewhere, unless it is linked.
pub(crate) fn link_directory(directory: &Path, link: &Path) -> io::Result<()> {
    link.parent().map_or(Ok(()), fs::create_dir_all)?;
    match std::os::unix::fs::symlink(directory, link) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Whether a package has an integration test of this name.
pub(crate) fn is_test_target(manifest: &str, name: &str) -> bool {
    let tests = Path::new(manifest).join("tests");
    tests.join(format!("{name}.rs")).is_file() || tests.join(name).join("main.rs").is_file()
}

fn put_away(report: &Path, earlier: &Path) -> io::Result<()> {
    fs::create_dir_all(earlier)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    fs::rename(report, earlier.join(now.as_nanos().to_string()))?;
    let reports = fs::read_dir(earlier)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let reports = ordered(reports);
    let most = KEPT - 1;
    reports.iter().take(reports.len().saturating_sub(most)).try_for_each(fs::remove_dir_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_twenty_reports_of_a_test_are_kept() {
        let parent = temporary().join(format!("cluster-reports-{}", std::process::id()));
        for number in 0..KEPT + 3 {
            let directory = new_report_directory(Some(&parent), "it_works").expect("it can be made");
            fs::write(directory.join("report.txt"), number.to_string()).expect("it can be written");
        }
        let earlier: Vec<_> = fs::read_dir(parent.join(EARLIER).join("it_works")).expect("it is there").collect();
        let last = fs::read_to_string(parent.join("it_works/report.txt")).expect("it is there");
        fs::remove_dir_all(&parent).expect("it is there");
        assert_eq!((earlier.len() + 1, last), (KEPT, (KEPT + 2).to_string()));
    }
}
