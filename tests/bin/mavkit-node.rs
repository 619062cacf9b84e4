//! The stand-in for `mavkit-node`; see the package `octez-stand-in`.

fn main() -> std::process::ExitCode {
    octez_stand_in::main(octez_stand_in::MAVKIT)
}
