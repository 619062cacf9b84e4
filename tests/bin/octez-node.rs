//! The stand-in for `octez-node`; see the package `octez-stand-in`.

fn main() -> std::process::ExitCode {
    octez_stand_in::main(octez_stand_in::OCTEZ)
}
