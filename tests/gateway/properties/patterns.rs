//! Patterns of plain segments, names and stars, told once more on lists of segments.

use proptest::prelude::*;

use authkit_gateway::matcher::{Match, Pattern};

#[derive(Clone, Debug)]
enum Part {
    Literal(&'static str),
    /// `:name`: one segment.
    Name,
    /// `:name*`: any number of segments; it comes last.
    Star,
    /// `:name+`: at least one; it comes last.
    Plus,
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let literal = prop::sample::select(vec!["a", "b", "ab", "A"]).prop_map(Part::Literal);
    let part = prop_oneof![2 => literal, 1 => Just(Part::Name)];
    let last = prop_oneof![Just(None), Just(Some(Part::Star)), Just(Some(Part::Plus))];
    (prop::collection::vec(part, 1..4), last)
        .prop_map(|(parts, last)| parts.into_iter().chain(last).collect())
}

fn text(parts: &[Part]) -> String {
    let part = |(index, part): (usize, &Part)| match part {
        Part::Literal(text) => format!("/{text}"),
        Part::Name => format!("/:n{index}"),
        Part::Star => "/:rest*".to_owned(),
        Part::Plus => "/:rest+".to_owned(),
    };
    parts.iter().enumerate().map(part).collect()
}

fn covers(parts: &[Part], segments: &[&str]) -> bool {
    match (parts, segments) {
        ([], rest) => rest.is_empty(),
        ([Part::Star], _) => true,
        ([Part::Plus], rest) => !rest.is_empty(),
        ([Part::Literal(text), parts @ ..], [first, rest @ ..]) => {
            text == first && covers(parts, rest)
        }
        ([Part::Name, parts @ ..], [_, rest @ ..]) => covers(parts, rest),
        (_, _) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2048,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_pattern_covers_what_its_segments_do(
        parts in parts(),
        segments in prop::collection::vec(prop::sample::select(vec!["a", "b", "ab", "A", "c"]), 1..5),
        has_slash in any::<bool>(),
    ) {
        let pattern = Pattern::compile(&text(&parts)).expect("a fair pattern");
        let path = format!("/{}{}", segments.join("/"), if has_slash { "/" } else { "" });
        let matched = pattern.matches(&path) == Match::Matched;
        prop_assert_eq!(matched, covers(&parts, &segments), "{} {}", pattern.text(), path);
    }
}
