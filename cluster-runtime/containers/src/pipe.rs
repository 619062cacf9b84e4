//! Named pipes that programs write to.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bollard::container::LogOutput;
use cluster_runtime::place::NamedPipe;
use cluster_runtime::wait::Deadline;
use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};

use crate::engine::Engine;
use crate::exec::Exec;
use crate::stream::next;

/// How much is read at a time.
const CHUNK: usize = 64 << 10;
/// It holds the pipe open until its input ends, and then ends with what is left in it.
const READER: &str = r#"
    rm -f -- "$1" && mkfifo -m 666 -- "$1" && exec 3<>"$1" || exit
    cat <"$1" 3>&- &
    echo ready >&2
    while read -r line; do :; done
    exec 3>&-
    wait
"#;

/// A named pipe that is read as long as a program runs, even while its other end is closed.
pub(crate) enum Pipe {
    Here(NamedPipe),
    /// What reads it on another host, until that has ended.
    There(Option<Exec>),
}

impl Pipe {
    /// Makes one on another host, replacing one of an earlier run. A container there has its directory.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) async fn there(engine: &Engine, container: &str, path: &str) -> io::Result<Self> {
        let mut reader = Exec::start(engine, container, vec!["sh", "-c", READER, "sh", path]).await?;
        match reader.first_error().await {
            Some(said) if said == "ready" => Ok(Self::There(Some(reader))),
            said => Err(io::Error::other(said.unwrap_or_else(|| format!("`{path}` cannot be made")))),
        }
    }

    /// The next piece of what is written to it.
    pub(crate) fn poll_piece(&mut self, cx: &mut Context<'_>, chunk: &mut [u8]) -> Poll<Vec<u8>> {
        match self {
            Self::Here(pipe) => {
                let mut piece = ReadBuf::new(chunk);
                match Pin::new(&mut pipe.reader).poll_read(cx, &mut piece) {
                    Poll::Ready(Ok(())) => Poll::Ready(piece.filled().to_vec()),
                    _ => Poll::Pending,
                }
            }
            Self::There(reader) => loop {
                let Some(reading) = reader else { return Poll::Pending };
                match Pin::new(&mut reading.output).poll_next(cx) {
                    Poll::Ready(Some(Ok(LogOutput::StdErr { .. }))) => {}
                    Poll::Ready(Some(Ok(piece))) => return Poll::Ready(piece.into_bytes().to_vec()),
                    Poll::Ready(_) => *reader = None,
                    Poll::Pending => return Poll::Pending,
                }
            },
        }
    }

    /// Takes what is left after the end of the program.
    pub(crate) async fn finish(self, deadline: Deadline, mut take: impl FnMut(&[u8])) {
        match self {
            Self::Here(pipe) => {
                let mut chunk = vec![0; CHUNK];
                while let Some(length) = pipe.reader.try_read(&mut chunk).ok().filter(|length| *length > 0) {
                    take(&chunk[..length]);
                }
            }
            Self::There(None) => {}
            Self::There(Some(mut reader)) => {
                // It may have ended.
                let _ = reader.input.shutdown().await;
                while let Some(Some(Ok(piece))) = deadline.bound(next(&mut reader.output)).await {
                    take(&piece.into_bytes());
                }
            }
        }
    }

    /// Room for a piece of any of these.
    pub(crate) fn chunk_for(pipes: &[Self]) -> Vec<u8> {
        vec![0; if pipes.iter().any(|pipe| matches!(pipe, Self::Here(_))) { CHUNK } else { 0 }]
    }
}
