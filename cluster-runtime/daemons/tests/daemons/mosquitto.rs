use std::time::Duration;

use cluster_daemons::{MosquittoProtocol, mosquitto};
use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Error, Node, Process, Result, cluster, connect, create, start};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};

fn is_installed() -> bool {
    cluster_tests::is_installed("mosquitto", "mosquitto")
}

/// A client that has subscribed to a topic.
struct Subscriber {
    client: AsyncClient,
    connection: EventLoop,
}

impl Subscriber {
    async fn of(broker: &Node<Process<MosquittoProtocol>>, topic: &str) -> Result<Self> {
        let addr = broker.addr_of("client").expect("it has this port");
        let options = MqttOptions::new(format!("client of {}", broker.name()), addr.ip().to_string(), addr.port());
        let (client, connection) = AsyncClient::new(options, 10);
        client.subscribe(topic, QoS::AtLeastOnce).await.map_err(Error::other)?;
        let mut subscriber = Self { client, connection };
        subscriber.until(|packet| matches!(packet, Packet::SubAck(_)).then_some(())).await?;
        Ok(subscriber)
    }

    /// Publishes a message that brokers keep for who subscribes later.
    async fn publish(&mut self, topic: &str, text: &str) -> Result {
        self.client.publish(topic, QoS::AtLeastOnce, true, text).await.map_err(Error::other)?;
        self.until(|packet| matches!(packet, Packet::PubAck(_)).then_some(())).await
    }

    async fn next(&mut self) -> Result<String> {
        let text = |packet| match packet {
            Packet::Publish(message) => Some(String::from_utf8_lossy(&message.payload).into_owned()),
            _ => None,
        };
        self.until(text).await
    }

    async fn until<T>(&mut self, mut wanted: impl FnMut(Packet) -> Option<T>) -> Result<T> {
        let found = async {
            loop {
                if let Event::Incoming(packet) = self.connection.poll().await.map_err(Error::other)?
                    && let Some(found) = wanted(packet)
                {
                    return Ok(found);
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), found).await.map_err(Error::other)?
    }
}

#[tokio::test]
async fn what_is_published_at_a_leaf_is_heard_at_all_others() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! {
        use mosquitto();
        hub;
        leaves[3]: star(hub);
        far: connect(leaves[2]);
    }
    .start()
    .wait_connections(true)
    .await?;
    assert_eq!(net.observed().await?, net.topology());
    Subscriber::of(&net.leaves[0], "replies").await?.publish("news", "spring").await?;
    for broker in net.leaves.iter().chain([&net.hub, &net.far]) {
        assert_eq!(Subscriber::of(broker, "news").await?.next().await?, "spring", "at {}", broker.name());
    }
    net.stop().await
}

#[tokio::test]
async fn a_private_broker_admits_its_bridges_only() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let nodes = create(&mosquitto(), "n", 2);
    connect(&nodes[0], &nodes[1]);
    let bridges = nodes[0].addr();
    let stranger = mosquitto().config(move |node: ProcessContext| async move {
        let bridge = format!("connection n\naddress {bridges}\nremote_clientid stranger:n.1\ntopic # both\n");
        node.write("mosquitto.conf", node.read("mosquitto.conf").await? + &bridge).await
    });
    let stranger = Node::new(&stranger, "stranger");
    let net = start(&nodes).wait_connections(true).await?;
    let strange_net = start(&stranger).await?;
    let is_refused = |line: &str| line.contains("not authorised");
    nodes[0].wait_for("log", |line| line.as_str().is_some_and(is_refused).then_some(())).await?;
    assert_eq!(net.observed().await?, net.topology());
    strange_net.stop().await?;
    net.stop().await
}

#[tokio::test]
async fn a_bridge_that_is_cut_brings_its_messages_when_it_is_healed() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net =
        cluster! { use mosquitto(); hub; leaf: connect(hub) }.start().link_control(true).wait_connections(true).await?;
    let cut = net.cut(&net.hub, &net.leaf).await?;
    let mut reader = Subscriber::of(&net.leaf, "news").await?;
    Subscriber::of(&net.hub, "replies").await?.publish("news", "spring").await?;
    cut.wait_bitten().await?;
    cut.heal().await?;
    assert_eq!(reader.next().await?, "spring");
    net.stop().await
}

#[tokio::test]
async fn a_broker_that_is_back_is_connected_again() -> Result {
    if !is_installed() {
        return Ok(());
    }
    let net = cluster! { use mosquitto(); hub; leaves[2]: star(hub) }.start().wait_connections(true).await?;
    net.hub.kill().await?;
    net.eventually(|| async { Ok::<_, Error>(net.observed().await?.links().len() == 0) }).await?;
    net.hub.restart().wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_ring_of_bridges_is_refused_for_messages_would_go_round() {
    let error =
        cluster! { use mosquitto(); k[3]: ring }.start().await.map(drop).expect_err("it is no tree").to_string();
    assert!(error.contains("which forms a tree only: 3 links between 3 nodes make a circle"), "{error}");
}
