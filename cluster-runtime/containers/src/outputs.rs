//! What a program writes.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use bollard::container::{AttachContainerResults, LogOutput};
use cluster_runtime::place::{LogFile, Outlet, Sink};
use cluster_runtime::wait::Deadline;

use crate::pipe::Pipe;
use crate::stream::next;

/// How long its last output may take after its end.
const LAST_OUTPUT: Duration = Duration::from_secs(5);

/// The outputs of a program, and where they go.
pub(crate) struct Outputs {
    pub(crate) streams: AttachContainerResults,
    pub(crate) pipes: Vec<Pipe>,
    pub(crate) sink: Box<dyn Sink>,
    /// Where they are kept, if they are.
    pub(crate) log: Option<LogFile>,
}

impl Outputs {
    /// Passes the next piece on; `false` if the streams have ended. Then it only waits for named pipes, which do not end.
    pub(crate) async fn pass_on(&mut self, has_streams: bool) -> bool {
        tokio::select! {
            piece = next(&mut self.streams.output), if has_streams => match piece {
                Some(Ok(LogOutput::StdErr { message })) => self.take(Outlet::Stderr, &message),
                Some(Ok(piece)) => self.take(Outlet::Stdout, &piece.into_bytes()),
                Some(Err(_)) | None => return false,
            },
            piece = read_any(&mut self.pipes) => self.take(Outlet::Pipe, &piece),
        }
        has_streams
    }

    /// Passes on what is left after the end of the program.
    pub(crate) async fn finish(mut self, mut has_streams: bool) {
        let deadline = Deadline::after(LAST_OUTPUT);
        while has_streams {
            has_streams = deadline.bound(self.pass_on(has_streams)).await.unwrap_or(false);
        }
        for pipe in std::mem::take(&mut self.pipes) {
            pipe.finish(deadline, |piece| self.take(Outlet::Pipe, piece)).await;
        }
        self.sink.finish();
    }

    fn take(&mut self, outlet: Outlet, bytes: &[u8]) {
        self.sink.take(outlet, bytes);
        // A full disk ends no program.
        let _ = self.log.as_mut().map(|log| log.write(bytes));
    }
}

/// The next piece of one of these pipes; never where there is none.
async fn read_any(pipes: &mut [Pipe]) -> Vec<u8> {
    let mut chunk = Pipe::chunk_for(pipes);
    poll_fn(|cx| {
        let mut pieces = pipes.iter_mut().map(|pipe| pipe.poll_piece(cx, &mut chunk));
        pieces.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}
