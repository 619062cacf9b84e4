//! The stand-in for `octez-node`.

fn main() -> std::process::ExitCode {
    octez_stand_in::main(octez_stand_in::OCTEZ)
}
