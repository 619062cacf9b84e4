use crate::suggest::nearest;

#[test]
fn a_misspelt_name_finds_the_one_that_was_meant() {
    let names = ["center", "leaves", "k"];
    assert_eq!(nearest("centre", names), Some("center"));
    assert_eq!(nearest("leafs", names), Some("leaves"));
    assert_eq!(nearest("Leaf", names), Some("leaves"));
    assert_eq!(nearest("CENTER", names), Some("center"));
    assert_eq!(nearest("leave", names), Some("leaves"));
    assert_eq!(nearest("elaves", names), Some("leaves"));
}

#[test]
fn a_short_name_is_not_mistaken_for_any_other_short_name() {
    assert_eq!(nearest("b", ["a", "k"]), None);
    assert_eq!(nearest("observer", ["center", "leaves"]), None);
}
