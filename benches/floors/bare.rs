//! The floor of every program: one that does nothing.

fn main() {}
