//! What holds for every request, whatever is in its head.

mod cookies;
mod patterns;
mod requests;
mod rules;
mod seals;

use proptest::prelude::*;

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::decision::Decision;

use self::requests::{any_path, ask, hostile_cookie, trouble};
use crate::support::{
    ADA, Ask, BOB, Browser, Fault, LIFETIME, Rotation, SESSION, Seen, Site, arriving,
};

const RULES: [(&str, &str); 3] = [
    ("ACCESS_TOKEN_ENDPOINT", "true"),
    ("MATCHER", "/app/:path*"),
    ("UNAUTHENTICATED_PATHS", "/app/open/:path*"),
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nobody_passes_a_protected_path_without_a_session(
        ask in ask(prop::sample::select(vec!["/app", "/app/x", "/App/x", "//app/x", "/app/%78"])),
        cookie in prop::option::of(hostile_cookie()),
    ) {
        let site = Site::new(&RULES);
        let ask = cookie.iter().fold(ask, |ask, cookie| ask.with("cookie", cookie));
        let outcome = site.decide(&ask);
        prop_assert!(!matches!(outcome.decision, Decision::Forward(_)), "{}", outcome.verdict());
        prop_assert!(site.world.workos.calls.borrow().is_empty(), "nobody costs WorkOS a call");
    }

    #[test]
    fn nobody_carries_an_identity(
        ask in ask(prop::sample::select(vec!["/app/x", "/app/open/x", "/other"])),
        cookie in prop::option::of(hostile_cookie()),
        enforcing in any::<bool>(),
        is_nextjs in any::<bool>(),
    ) {
        let [_, matcher, public] = RULES;
        let enforcing = enforcing.to_string();
        let nextjs = ("AUTHKIT_NEXTJS", if is_nextjs { "true" } else { "false" });
        let site = Site::new(&[matcher, public, ("MIDDLEWARE_AUTH", &enforcing), nextjs]);
        let ask = cookie.iter().fold(ask, |ask, cookie| ask.with("cookie", cookie));
        let outcome = site.decide(&ask);
        if matches!(outcome.decision, Decision::Forward(_)) {
            let said = arriving(&site, &ask, &outcome);
            prop_assert!(said.iter().all(is_harmless), "{said:?}");
        }
    }

    #[test]
    fn only_signing_out_removes_the_session(
        ask in ask(any_path()),
        trouble in prop::option::of(trouble()),
        age in prop::sample::select(vec![0, LIFETIME, LIFETIME + 700]),
        seal in prop::sample::select(vec!["gcm", "iron"]),
    ) {
        let [token, matcher, public] = RULES;
        let site = Site::new(&[token, matcher, public, ("COOKIE_SEAL", seal)]);
        let mut browser = Browser::signed_in(&site, ADA);
        site.world.pass(age);
        trouble.into_iter().for_each(|trouble| site.world.workos.tokens.always(trouble));
        let outcome = browser.send(&site, &ask);
        let removed = browser.cookie(SESSION).is_none();
        prop_assert!(!removed || outcome.note.reason == "signed_out", "{}", outcome.verdict());
    }

    #[test]
    fn a_spent_refresh_token_is_always_replaced_in_the_browser(
        ask in ask(any_path()),
        loses_reply in any::<bool>(),
    ) {
        let mut site = Site::new(&RULES);
        let mut browser = Browser::signed_in(&site, BOB);
        site.world.pass(LIFETIME);
        if loses_reply {
            site.world.workos.tokens.once(Fault::LostReply);
        } else {
            site.world.workos.rotation.set(Rotation::Strict);
        }
        let outcome = browser.send(&site, &ask);
        site.restart();
        site.world.workos.tokens.end();
        prop_assume!(outcome.note.reason != "signed_out");
        let page = browser.go(&site, "/app/x");
        prop_assert_eq!(page.verdict(), "forwarded as true", "after {}", outcome.verdict());
    }

    #[test]
    fn redirects_lead_to_the_site_or_to_workos(
        path in any_path(),
        value in "[!-~]{0,24}",
        is_signed_in in any::<bool>(),
    ) {
        let site = Site::new(&RULES);
        let mut browser = Browser::default();
        if is_signed_in {
            browser = Browser::signed_in(&site, ADA);
        }
        let with = if path.contains('?') { '&' } else { '?' };
        let outcome = browser.go(&site, &format!("{path}{with}return_to={value}"));
        if let Decision::Redirect(redirect) = &outcome.decision {
            let ends = ["https://app.example.com/", "https://api.workos.com/user_management/"];
            prop_assert!(ends.iter().any(|end| redirect.location.starts_with(end)));
        }
    }

    #[test]
    fn tokens_are_given_to_this_sites_own_pages_alone(
        ask in ask(any_path()),
        age in prop::sample::select(vec![0, LIFETIME]),
    ) {
        let site = Site::new(&RULES);
        let mut browser = Browser::signed_in(&site, ADA);
        site.world.pass(age);
        let outcome = browser.send(&site, &ask);
        let ours = ask.lines().iter().any(|line| line.0 == "sec-fetch-site" && line.1 == "same-origin");
        let asked = ask.url.path() == "/auth/token" && ask.method == "GET" && ours;
        prop_assert_eq!(outcome.body().contains("eyJ"), asked, "{}", outcome.verdict());
        prop_assert!(!outcome.body().contains("refresh_token_"), "{}", outcome.verdict());
    }

    #[test]
    fn other_sites_change_nothing(ask in ask(any_path())) {
        let site = Site::new(&RULES);
        let mut browser = Browser::signed_in(&site, BOB);
        let before = browser.session().to_owned();
        let ask = ask.with("sec-fetch-site", "cross-site");
        let outcome = browser.send(&site, &ask);
        prop_assert_eq!(browser.session(), before, "{}", outcome.verdict());
        prop_assert_eq!(site.world.workos.refreshes(), 0);
    }

    #[test]
    fn nothing_panics_and_no_line_is_broken(
        method in "[A-Za-z]{1,8}",
        target in "/[ -~é\u{0}\t]{0,40}",
        name in prop::sample::select(vec!["cookie", "accept", "origin", "sec-purpose", "upgrade"]),
        value in "[ -~é;=\t]{0,120}",
    ) {
        let outcome = Site::new(&RULES).decide(&Ask::bare(&target).method(&method).with(name, &value));
        let redirect = match &outcome.decision {
            Decision::Redirect(redirect) => redirect.location.as_str(),
            Decision::Answer(_) | Decision::Forward(_) => "",
        };
        let cookies = outcome.cookies().iter().map(SetCookie::as_str);
        let fields = ["x-authkit-user-id", "retry-after", "allow"].map(|name| outcome.field(name));
        for text in cookies.chain([redirect]).chain(fields.into_iter().flatten()) {
            prop_assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text:?}");
        }
    }
}

fn is_harmless((name, value): &(String, String)) -> bool {
    let plain = name.to_ascii_lowercase().replace(['_', '.', ' '], "-");
    match plain.as_str() {
        "x-authkit-authenticated" => value != "true",
        "x-workos-middleware" => value == "true",
        "x-authkit-hop" | "x-authkit-sign-in-url" | "x-authkit-sign-up-url" => {
            value == "1" || value.starts_with("https://app.example.com/")
        }
        "cookie" => !value.contains("wos-session") && !value.contains("authkit-"),
        _ => [
            "x-authkit-",
            "x-workos-",
            "x-middleware-",
            "x-original-",
            "x-http-method",
        ]
        .iter()
        .all(|prefix| !plain.starts_with(prefix)),
    }
}
