use super::expect;

#[test]
fn requirements_that_hold_say_nothing() {
    expect(
        "center; leaves[5]: star(center); k[4]: clique; connect(center, k);
         require connected; require diameter <= 2; require degree(center) == 9; require degree(k) >= 3;
         require degree(k[0], leaves) > 0; require diameter == 2; require diameter < 3; require survives(0)",
        &[],
    );
    expect("k[6]: ring; require survives(1); require degree(k) == 2", &[]);
    expect("k[dyn 6]: torus(3) + ring; require connected", &[("6", "at least 3 rows")]);
}

#[test]
fn what_is_true_instead_is_shown_at_the_requirement() {
    let network = "center; leaves[5]: star(center); k[4]: line; connect(center, k[0]);";
    for (requirement, truth) in [
        ("require diameter <= 4", "the diameter is 5: from `leaves.1` to `k.4`"),
        ("require degree(center) == 9", "the degree of `center` is 6"),
        ("require degree(k[1..], center) >= 2", "the degree of `k.4` is 1"),
        ("require survives(1)", "no links lead from"),
    ] {
        expect(&format!("{network} {requirement}"), &[(requirement, truth)]);
    }
    expect("a; b; c; a -> b; require connected", &[("require connected", "the network is in 2 parts")]);
    expect("a; b; require diameter <= 4", &[("require diameter <= 4", "in 2 parts")]);
}

#[test]
fn all_that_does_not_hold_is_shown() {
    expect(
        "a; b; c; line(a, b, c); require diameter == 1; require degree(b) < 2; require connected",
        &[("require diameter == 1", "is 2"), ("require degree(b) < 2", "is 2")],
    );
}

#[test]
fn random_links_are_checked_where_their_seed_is_known() {
    expect("k[20]: gnp(0.1, seed = 3); require diameter == 1", &[("require diameter == 1", "")]);
    expect("k[20]: gnp(0.1); require diameter == 1", &[]);
    expect("k[20]: shape(pairs); require diameter == 1", &[]);
    expect("k[N]: line; v[3]; require connected", &[]);
    expect("k[5]: line; require diameter == d", &[]);
    expect("k[5]; connect(k[i], k[1]); require connected", &[]);
}

#[test]
fn a_requirement_in_a_cluster_is_about_that_cluster_by_itself() {
    expect(
        "region[2] { gw; n[3]: star(gw); require diameter == 2; require connected; require degree(gw) == 4 }; line(region.gw); require diameter == 3",
        &[],
    );
    expect(
        "hub; region[2] { n[3]: star(hub); require connected; }; require connected",
        &[("require connected", "3 parts: `region.1.n.1`, `region.1.n.2`")],
    )
}

#[test]
fn the_links_of_a_network_are_those_of_the_runtime() {
    expect("region[3] { n[2] }: ring; require degree(region) == 4; require diameter == 2", &[]);
    expect("east { a; b }; hub; star(hub, east); require degree(hub) == 1", &[("require degree(hub) == 1", "is 2")]);
    expect("k[9]: grid(3); require degree(k[4]) == 4; require diameter == 4", &[]);
    expect(
        "hub; zone[2] { rack[3] { n[2]: star(hub) } }; require degree(hub) == 12; require degree(zone[1].rack[2].n) == 1",
        &[],
    );
    expect("a; k[3]; a -> k[1..]; require degree(a) == 2; require degree(k[0]) == 0", &[]);
}

#[test]
fn a_large_network_is_left_to_the_runtime() {
    expect("k[dyn 1000000]: clique; require diameter == 7", &[]);
    expect("k[dyn 20000]: ring; require diameter == 7", &[]);
}

#[test]
fn a_requirement_says_what_it_compares() {
    expect("a; require conected", &[("conected", "did you mean `connected`?")]);
    expect("a; require beauty", &[("beauty", "requirements are `require connected`")]);
    expect("a; require diameter", &[("require diameter", "is compared with a number")]);
    expect("a; require diameter = 4", &[("=", "help: `==`")]);
    expect("a; require diameter =< 4", &[("=<", "help: `<=`")]);
    expect("k[3]: ring; require degree(k) => 2", &[("=>", "help: `>=`")]);
    expect("a; require diameter <=", &[("require diameter", "a number is missing at the end")]);
    expect("a; require diameter <= -1", &[("-1", "cannot be negative")]);
    expect("a; require diameter <= 1.5", &[("1.5", "a whole number")]);
    expect("a; require diameter(a) <= 4", &[("require diameter(a)", "not how `diameter` is written")]);
    expect("a; require degree >= 4", &[("require degree", "not how `degree` is written")]);
    expect("a; require survives", &[("require survives", "not how `survives` is written")]);
    expect("a; require survives()", &[("require survives()", "not how `survives` is written")]);
    expect("a; require connected <= 3", &[("<=", "a requirement ends before `<=`\nhelp: `require connected;`")]);
    expect("a; /// doc\nrequire connected", &[("/// doc", "documents a declaration")]);
}

#[test]
fn the_sets_of_a_requirement_are_checked_as_any() {
    expect("k[3]: ring; require degree(kk) >= 1", &[("kk", "no `kk`")]);
    expect("k[3]: ring; require degree(k[3]) >= 1", &[("3", "out of bounds")]);
}

#[test]
fn require_may_be_the_name_of_a_node() {
    expect("require; k[3]: star(require); require -> k[0]; require[0] -> k[1]", &[("require[0]", "single node")]);
    expect("require[3]: ring; require connected", &[]);
}
