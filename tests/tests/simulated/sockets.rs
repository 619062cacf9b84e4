//! Simulated sockets behave as those of the system: each of these runs in both worlds.

use std::future::Future;
use std::io::ErrorKind;
use std::time::Duration;

use cluster_runtime::net::{Listener, Stream};
use cluster_runtime::{NodeContext, Result, Service, cluster};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What one node does with a stream, on both sides of it, on this machine and in simulated time.
async fn in_both_worlds<A, B, FA, FB>(dialling: A, accepting: B) -> Result
where
    A: Fn(Stream) -> FA + Clone + Send + Sync + 'static,
    B: Fn(Stream, Listener) -> FB + Clone + Send + Sync + 'static,
    FA: Future<Output = Result> + Send + 'static,
    FB: Future<Output = Result> + Send + 'static,
{
    for is_simulated in [false, true] {
        let (dialling, accepting) = (dialling.clone(), accepting.clone());
        let listener = Service::new(move |node: NodeContext| {
            let accepting = accepting.clone();
            async move {
                let listener = node.listen()?;
                node.ready();
                let (stream, _from) = listener.accept().await?;
                accepting(stream, listener).await
            }
        });
        let dialler = Service::new(move |node: NodeContext| {
            let dialling = dialling.clone();
            async move {
                node.ready();
                let peer = node.peers().remove(0);
                dialling(node.connect(&peer).await?).await
            }
        });
        let net = cluster! { listener = listener.gated(); dialler = dialler.gated(): connect(listener) };
        let start = net.start();
        let start = if is_simulated { start.simulated(1) } else { start };
        let net = start.await?;
        net.wait_stopped().await?;
    }
    Ok(())
}

#[tokio::test]
async fn each_direction_ends_by_itself() -> Result {
    let dialling = async |mut stream: Stream| -> Result {
        stream.write_all(b"question").await?;
        stream.shutdown().await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        assert_eq!(answer, "question?");
        let error = stream.write_all(b"more").await.expect_err("this direction has ended");
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        Ok(())
    };
    let accepting = async |mut stream: Stream, _| -> Result {
        let mut question = String::new();
        stream.read_to_string(&mut question).await?;
        stream.write_all(format!("{question}?").as_bytes()).await?;
        Ok(())
    };
    in_both_worlds(dialling, accepting).await
}

#[tokio::test]
async fn one_that_does_not_read_stops_the_other() -> Result {
    const MOST: usize = 64 << 20;
    let dialling = async |mut stream: Stream| -> Result {
        let (block, mut written) = (vec![7; 64 << 10], 0);
        let filling = async {
            while written < MOST {
                written += stream.write(&block).await.expect("the other side is there");
            }
        };
        let filled = tokio::time::timeout(Duration::from_millis(300), filling).await;
        assert!(filled.is_err(), "{written} bytes were taken");
        stream.shutdown().await?;
        let mut read = String::new();
        stream.read_to_string(&mut read).await?;
        assert_eq!(read, written.to_string());
        Ok(())
    };
    let accepting = async |mut stream: Stream, _| -> Result {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await?;
        stream.write_all(all.len().to_string().as_bytes()).await?;
        Ok(())
    };
    in_both_worlds(dialling, accepting).await
}

#[tokio::test]
async fn a_stream_that_is_dropped_without_linger_resets_the_other() -> Result {
    let dialling = async |stream: Stream| -> Result {
        stream.set_zero_linger()?;
        drop(stream);
        Ok(())
    };
    let accepting = async |mut stream: Stream, _| -> Result {
        let error = stream.read_u8().await.expect_err("nothing was written");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        Ok(())
    };
    in_both_worlds(dialling, accepting).await
}

#[tokio::test]
async fn the_other_side_is_gone_after_it_was_dropped() -> Result {
    let dialling = async |mut stream: Stream| -> Result {
        assert_eq!(stream.read_u8().await.expect_err("it is closed").kind(), ErrorKind::UnexpectedEof);
        let writing = async {
            loop {
                if let Err(error) = stream.write_all(b"anybody there?").await {
                    return error.kind();
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let kind = writing.await;
        assert!(matches!(kind, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{kind:?}");
        Ok(())
    };
    in_both_worlds(dialling, async |_, _| Ok(())).await
}

#[tokio::test]
async fn halves_are_used_by_two_tasks() -> Result {
    let dialling = async |stream: Stream| -> Result {
        let (mut reader, mut writer) = stream.into_split();
        let writing = tokio::spawn(async move {
            for number in 0..1000_u32 {
                writer.write_u32(number).await.expect("the other side reads");
            }
        });
        for number in 0..1000 {
            assert_eq!(reader.read_u32().await?, number);
        }
        writing.await.expect("it does not panic");
        assert_eq!(reader.read_u8().await.expect_err("it has ended").kind(), ErrorKind::UnexpectedEof);
        Ok(())
    };
    let accepting = async |mut stream: Stream, _| -> Result {
        let (mut reader, mut writer) = stream.split();
        tokio::io::copy(&mut reader, &mut writer).await?;
        Ok(())
    };
    in_both_worlds(dialling, accepting).await
}

#[tokio::test]
async fn a_dial_is_refused_where_nobody_listens() -> Result {
    for is_simulated in [false, true] {
        let alone = Service::new(async |node: NodeContext| -> Result {
            let error = node.dial(node.addr()).await.expect_err("nobody listens");
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
            let listener = node.listen()?;
            assert!(node.listen().is_err(), "two listen at one address");
            let (near, far) = tokio::join!(node.dial(node.addr()), listener.accept());
            assert_eq!(near?.local_addr()?, far?.1);
            drop(listener);
            assert!(node.dial(node.addr()).await.is_err(), "it is still listened on");
            node.ready();
            Ok(())
        });
        let net = cluster! { alone = alone.gated() };
        let start = net.start();
        let start = if is_simulated { start.simulated(1) } else { start };
        start.await?.wait_stopped().await?;
    }
    Ok(())
}
