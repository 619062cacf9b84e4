//! A topology as text and as a picture: for people, and for the programs that draw graphs.

mod debug;
mod dot;
mod list;
mod mermaid;
mod svg;
