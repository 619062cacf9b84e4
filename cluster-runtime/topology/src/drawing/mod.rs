//! A topology as text: for people, and for the programs that draw graphs.

mod debug;
mod dot;
mod list;
mod mermaid;
