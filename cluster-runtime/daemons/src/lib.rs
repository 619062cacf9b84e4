//! Ready-made kinds for [`cluster_runtime`]: daemons of Debian, each behind the feature of its name.
//!
//! | kind | a link is | shapes | private mode | tried with |
//! |---|---|---|---|---|
//! | `redis()` | a replica that follows its primary | trees; the node that was created later follows | a primary admits its declared replicas | redis-server 7.0.15 |
//! | `redis_cluster(replicas)` | two nodes of one Redis Cluster | connected networks, which become cliques | none: nodes tell each other the addresses of all others | redis-server 7.0.15 |
//! | `etcd()` | two members of one cluster | cliques | members admit members only | etcd-server 3.4.23 |
//! | `mosquitto()` | a bridge for all topics; the broker that was created later dials | trees | a broker admits bridges of its peers | mosquitto 2.0.11 |
//! | `nats()`, `jetstream()` | a route | connected networks, which become cliques | none: servers tell each other the addresses of all others | nats-server 2.9.10 |
//! | `postgres()` | a replica that follows its primary | trees; the node that was created later follows | servers admit declared replicas | postgresql 15.18 |
//! | `yggdrasil()` | an encrypted peering | all | a router admits the keys of its peers | yggdrasil 0.4.7 |
//! | `memcached()` | nothing: servers do not know each other | single nodes | nobody is dialled | memcached 1.6.18 |
//!
//! A start is refused where a program is missing, with the command that installs it. All of them are found in PATH, but for
//! PostgreSQL, which Debian keeps elsewhere.
//!
//! # Examples
//! ```no_run
//! # #[cfg(feature = "redis")] mod example {
//! use cluster_daemons::redis;
//! use cluster_runtime::{Result, cluster};
//!
//! # pub async fn run() -> Result {
//! let net = cluster! {
//!     use redis();
//!     primary;
//!     replicas[2]: star(primary);
//! }
//! .start()
//! .wait_connections(true)
//! .await?;
//! println!("redis://{}", net.primary.addr());
//! net.stop().await
//! # }
//! # }
//! ```

#[cfg(feature = "etcd")]
mod etcd;
#[cfg(feature = "memcached")]
mod memcached;
#[cfg(feature = "mosquitto")]
mod mosquitto;
#[cfg(feature = "nats")]
mod nats;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "yggdrasil")]
mod yggdrasil;

#[cfg(feature = "etcd")]
pub use etcd::{EtcdProtocol, etcd};
#[cfg(feature = "memcached")]
pub use memcached::memcached;
#[cfg(feature = "mosquitto")]
pub use mosquitto::{MosquittoProtocol, mosquitto};
#[cfg(feature = "nats")]
pub use nats::{NatsProtocol, jetstream, nats};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresProtocol, postgres};
#[cfg(feature = "redis")]
pub use redis::{RedisProtocol, redis, redis_cluster};
#[cfg(feature = "yggdrasil")]
pub use yggdrasil::{YggdrasilProtocol, yggdrasil};
