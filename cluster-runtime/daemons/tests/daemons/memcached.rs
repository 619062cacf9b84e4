use std::net::SocketAddr;

use cluster_daemons::memcached;
use cluster_runtime::{Result, cluster};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn ask(server: SocketAddr, commands: &str) -> Result<String> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(format!("{commands}quit\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn each_server_has_a_cache_of_its_own() -> Result {
    if !cluster_tests::is_installed("memcached", "memcached") {
        return Ok(());
    }
    let net = cluster! { use memcached(); caches[2] }.start().await?;
    let [one, other] = &net.caches;
    assert_eq!(ask(one.addr(), "set colour 0 0 3\r\nred\r\n").await?, "STORED\r\n");
    assert_eq!(ask(one.addr(), "get colour\r\n").await?, "VALUE colour 0 3\r\nred\r\nEND\r\n");
    assert_eq!(ask(other.addr(), "get colour\r\n").await?, "END\r\n");
    net.stop().await
}
