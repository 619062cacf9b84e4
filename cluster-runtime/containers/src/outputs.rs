//! What a program writes.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bollard::container::{AttachContainerResults, LogOutput};
use cluster_runtime::place::{LogFile, NamedPipe, Outlet, Sink};
use cluster_runtime::wait::Deadline;
use tokio::io::{AsyncRead, ReadBuf};

use crate::stream::next;

/// How long its last output may take after its end.
const LAST_OUTPUT: Duration = Duration::from_secs(5);
/// How much is read of a named pipe at a time.
const CHUNK: usize = 64 << 10;

/// The outputs of a program, and where they go.
pub(crate) struct Outputs {
    pub(crate) streams: AttachContainerResults,
    pub(crate) pipes: Vec<NamedPipe>,
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) log: LogFile,
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
        let mut chunk = vec![0; CHUNK];
        for pipe in std::mem::take(&mut self.pipes) {
            while let Some(length) = pipe.reader.try_read(&mut chunk).ok().filter(|length| *length > 0) {
                self.take(Outlet::Pipe, &chunk[..length]);
            }
        }
        self.sink.finish();
    }

    fn take(&mut self, outlet: Outlet, bytes: &[u8]) {
        self.sink.take(outlet, bytes);
        // A full disk ends no program.
        let _ = self.log.write(bytes);
    }
}

/// The next piece of one of these pipes; never where there is none.
async fn read_any(pipes: &mut [NamedPipe]) -> Vec<u8> {
    let mut chunk = vec![0; if pipes.is_empty() { 0 } else { CHUNK }];
    let length = poll_fn(|cx| {
        for pipe in pipes.iter_mut() {
            let mut piece = ReadBuf::new(&mut chunk);
            if let Poll::Ready(Ok(())) = Pin::new(&mut pipe.reader).poll_read(cx, &mut piece) {
                return Poll::Ready(piece.filled().len());
            }
        }
        Poll::Pending
    })
    .await;
    chunk.truncate(length);
    chunk
}
