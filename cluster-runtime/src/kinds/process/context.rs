use std::io;
use std::ops::Deref;
use std::sync::Arc;

use super::{Command, Description, Response, http};
use crate::error::{Error, Result};
use crate::node::NodeContext;

/// A node that is a program, as its description sees it: its [`NodeContext`], and its directory, ports and commands.
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

    /// The number of one of its [ports](super::Process::port); "" is that of its address. Any other name is an error that ends the node.
    pub fn port(&self, name: &str) -> u16 {
        self.node.addr_of(name).port()
    }

    /// Its directory: its programs run there.
    pub fn dir(&self) -> &str {
        &self.directory
    }

    /// The path of a file in its directory.
    pub fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.dir())
    }

    /// Whether there is such a file in its directory.
    pub async fn exists(&self, file: &str) -> bool {
        self.node.state().spot().exists(file).await
    }

    /// Reads a file in its directory.
    ///
    /// # Errors
    /// When there is none, or it cannot be read, or it is not text.
    pub async fn read(&self, file: &str) -> Result<String> {
        let contents = self.node.state().spot().read(file).await;
        let text = contents.and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other));
        text.map_err(|error| self.about(file, "read", &error))
    }

    /// Writes a file in its directory, and the directories on the way to it.
    ///
    /// # Errors
    /// When the system refuses it.
    pub async fn write(&self, file: &str, contents: impl AsRef<[u8]>) -> Result {
        let written = self.node.state().spot().write(file, contents.as_ref()).await;
        written.map_err(|error| self.about(file, "written", &error))
    }

    /// Removes a file in its directory, if it is there.
    ///
    /// # Errors
    /// When the system refuses it.
    pub async fn remove(&self, file: &str) -> Result {
        self.node.state().spot().remove(file).await.map_err(|error| self.about(file, "removed", &error))
    }

    /// A call of its program, in its directory.
    pub fn command(&self) -> Command {
        self.command_of(&self.program)
    }

    /// A call of another program, in its directory.
    pub fn command_of(&self, program: &str) -> Command {
        Command::new(program, &self.node)
    }

    /// Asks the program by HTTP, at one of its ports: `GET path`.
    ///
    /// # Errors
    /// When it does not answer within 5 s, or does not speak HTTP. Whatever status it answers with is an answer.
    pub async fn get(&self, port: &str, path: &str) -> Result<Response> {
        http::request(&self.node, self.addr_of(port), "GET", path, &[]).await
    }

    /// Asks the program by HTTP, at one of its ports, with any method and a JSON body, unless that is empty.
    ///
    /// # Errors
    /// As those of [`get`](Self::get).
    pub async fn request(&self, method: &str, port: &str, path: &str, body: &str) -> Result<Response> {
        http::request(&self.node, self.addr_of(port), method, path, body.as_bytes()).await
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
