//! Ready-made kinds by behaviour, with real clients. What is not installed is skipped, which one line on standard error says.

#![allow(clippy::disallowed_methods, reason = "real clients have sockets and clocks of their own")]

mod etcd;
mod memcached;
mod mosquitto;
mod nats;
mod postgres;
mod redis;
mod yggdrasil;
