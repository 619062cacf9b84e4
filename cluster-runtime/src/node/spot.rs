//! What a node has where it runs: an address, ports and a directory.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
#[cfg(feature = "process")]
use std::sync::{Mutex, PoisonError};

use crate::error::Refusal;
#[cfg(feature = "process")]
use crate::place::Directory;
use crate::place::{Hosts, Reservation};

#[derive(Debug)]
pub(crate) struct Spot {
    name: Arc<str>,
    reservation: Result<Reservation, String>,
    /// Of a program; made when it is first asked for.
    #[cfg(feature = "process")]
    directory: Mutex<Option<Arc<Directory>>>,
}

impl Spot {
    pub(crate) fn new(name: Arc<str>, hosts: Hosts, ports: &[&'static str]) -> Self {
        Self {
            name,
            reservation: Reservation::new(hosts, ports).map_err(|error| error.to_string()),
            #[cfg(feature = "process")]
            directory: Mutex::default(),
        }
    }

    /// Why there is no address, if there is none.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let why = self.reservation.as_ref().err()?.clone();
        Some(Refusal::NoAddress { node: self.name.clone(), why })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.reservation.as_ref().map_or((Ipv4Addr::LOCALHOST, 0).into(), Reservation::addr)
    }

    /// The address with the port of this name; that of the address itself has the name "".
    pub(crate) fn addr_of(&self, port: &str) -> Option<SocketAddr> {
        if port.is_empty() { Some(self.addr()) } else { self.reservation.as_ref().ok()?.addr_of(port) }
    }

    /// The directory of its program: it is there as long as the node is.
    #[cfg(feature = "process")]
    pub(crate) fn directory(&self) -> std::io::Result<Arc<Directory>> {
        let mut directory = self.directory.lock().unwrap_or_else(PoisonError::into_inner);
        match &*directory {
            Some(directory) => Ok(directory.clone()),
            None => Ok(directory.insert(Arc::new(Directory::create(&self.name)?)).clone()),
        }
    }

    /// Keeps its files, if it has any, for a person to look at, and says where they are.
    #[cfg(not(feature = "process"))]
    pub(crate) fn keep_files(&self) -> Option<String> {
        None
    }

    /// Keeps its files, if it has any, for a person to look at, and says where they are.
    #[cfg(feature = "process")]
    pub(crate) fn keep_files(&self) -> Option<String> {
        let directory = self.directory.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        directory.keep();
        Some(directory.text().to_owned())
    }

    /// Lets its ports go, for a program that does not set SO_REUSEADDR.
    #[cfg(feature = "process")]
    pub(crate) fn release_ports(&self) {
        if let Ok(reservation) = &self.reservation {
            reservation.release();
        }
    }

    pub(crate) fn port_names(&self) -> Vec<&'static str> {
        self.reservation.iter().flat_map(Reservation::names).collect()
    }
}
