use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use super::{Command, Description, Request, Response};
use crate::error::{Error, Result};
use crate::node::NodeContext;

/// A node that is a program, as its description sees it: its [`NodeContext`] with its directory, ports and commands.
#[derive(Clone, Debug)]
pub struct ProcessContext {
    node: NodeContext,
    program: Arc<str>,
    directory: Arc<str>,
}

impl ProcessContext {
    pub(super) fn new(node: &NodeContext, description: &Description) -> Result<Self> {
        let directory = node.dir()?.to_string_lossy().into();
        Ok(Self { node: node.clone(), program: description.program.as_str().into(), directory })
    }

    /// Returns the number of one of its [ports](super::Process::port); "" is that of its address. Any other name is an error
    /// that ends the node.
    pub fn port(&self, name: &str) -> u16 {
        self.node.addr_of(name).port()
    }

    /// Returns the path of its directory, in which its programs run.
    pub fn dir(&self) -> &str {
        &self.directory
    }

    /// Returns the path of a file in its directory.
    pub fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.dir())
    }

    /// Whether a file exists in its directory.
    pub async fn exists(&self, file: &str) -> bool {
        self.node.state().spot().files().exists(file).await
    }

    /// Reads a file in its directory.
    ///
    /// # Errors
    /// When it does not exist, cannot be read, or is not UTF-8.
    pub async fn read(&self, file: &str) -> Result<String> {
        let contents = self.node.state().spot().files().read(file).await;
        let text = contents.and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other));
        text.map_err(|error| self.about(file, "read", &error))
    }

    /// Writes a file in its directory, and creates its parent directories.
    ///
    /// # Errors
    /// When the system refuses it.
    pub async fn write(&self, file: &str, contents: impl AsRef<[u8]>) -> Result {
        let written = self.node.state().spot().files().write(file, contents.as_ref()).await;
        written.map_err(|error| self.about(file, "written", &error))
    }

    /// Removes a file in its directory, if it exists.
    ///
    /// # Errors
    /// When the system refuses it.
    pub async fn remove(&self, file: &str) -> Result {
        self.node.state().spot().files().remove(file).await.map_err(|error| self.about(file, "removed", &error))
    }

    /// Returns a command of its program, in its directory.
    pub fn command(&self) -> Command {
        self.command_of(&self.program)
    }

    /// Returns a command of another program, in its directory.
    pub fn command_of(&self, program: &str) -> Command {
        Command::new(program, &self.node)
    }

    /// Sends the HTTP request `GET path` to one of its ports.
    ///
    /// # Errors
    /// When there is no valid response within 5 s. A response of any status is returned.
    pub async fn get(&self, port: &str, path: &str) -> Result<Response> {
        self.http(self.addr_of(port), "GET", path).send().await
    }

    /// Sends an HTTP request to one of its ports, with a JSON body unless `body` is empty.
    ///
    /// # Errors
    /// As those of [`get`](Self::get).
    pub async fn request(&self, method: &str, port: &str, path: &str, body: &str) -> Result<Response> {
        self.http(self.addr_of(port), method, path).body(body).send().await
    }

    /// Returns an HTTP request to any address, for example that of a peer, with headers and a body as needed.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::Result;
    /// use cluster_runtime::process::ProcessContext;
    ///
    /// async fn register(node: ProcessContext) -> Result {
    ///     for peer in node.peers() {
    ///         let request = node.http(peer.addr(), "POST", "/members").header("Authorization", "Bearer test");
    ///         request.body(format!("[\"{}\"]", node.addr())).send().await?.json()?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn http(&self, addr: SocketAddr, method: &str, path: &str) -> Request {
        Request::new(&self.node, addr, method, path)
    }

    fn about(&self, file: &str, wanted: &str, error: &io::Error) -> Error {
        Error::other(format!("the file {} cannot be {wanted}: {error}", self.path(file)))
    }
}

impl Deref for ProcessContext {
    type Target = NodeContext;

    fn deref(&self) -> &NodeContext {
        &self.node
    }
}
