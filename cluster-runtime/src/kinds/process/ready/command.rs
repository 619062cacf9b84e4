use super::Ready;
use crate::kinds::process::{Command, ProcessContext};

impl Ready {
    /// It is ready when this command exits with status 0. It is retried; the report of a timeout has the last error.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::Ready;
    ///
    /// let ready = Ready::command("pg_isready", |node, command| {
    ///     command.arg("-h").arg(node.addr().ip()).arg("-p").arg(node.addr().port());
    /// });
    /// ```
    pub fn command(
        program: impl Into<String>,
        command: impl Fn(&ProcessContext, &mut Command) + Clone + Send + Sync + 'static,
    ) -> Self {
        let program = program.into();
        Self::answer(format!("its command `{program}` does not succeed"), move |node| {
            let (program, command) = (program.clone(), command.clone());
            async move {
                let mut asking = node.command_of(&program);
                command(&node, &mut asking);
                asking.run().await.map(drop).map_err(|error| error.to_string())
            }
        })
    }
}
