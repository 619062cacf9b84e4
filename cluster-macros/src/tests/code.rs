use crate::code::code;

#[test]
fn tokens_read_as_they_were_written() {
    for source in [
        "connect(a, k[1..3])",
        "[a, b] -> c",
        "2 * N + 1",
        "self.nodes.len()",
        "dyn n",
        "Self::N",
        "n.len() as u32",
        "r#type",
    ] {
        assert_eq!(code(source.parse::<proc_macro2::TokenStream>().unwrap()), source);
    }
}
