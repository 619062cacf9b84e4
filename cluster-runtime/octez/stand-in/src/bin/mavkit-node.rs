//! The stand-in for `mavkit-node`.

fn main() -> std::process::ExitCode {
    octez_stand_in::main(octez_stand_in::MAVKIT)
}
