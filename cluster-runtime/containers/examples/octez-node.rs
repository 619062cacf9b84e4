//! The stand-in for an Octez node, for the tests: they have no other program of this build.

fn main() -> std::process::ExitCode {
    octez_stand_in::main(octez_stand_in::OCTEZ)
}
