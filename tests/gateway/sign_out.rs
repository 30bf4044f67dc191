//! Signing out: asked for by this site alone, and thorough.

use url::Url;

use authkit_gateway::cookie::SetCookie;
use serde_json::Value;

use crate::support::{ADA, Ask, Browser, LIFETIME, SESSION, SITE, Seen, Site};

const AT_WORKOS: &str = "https://api.workos.com/user_management/sessions/logout?session_id=";

#[test]
fn a_post_of_this_site_ends_the_session_here_and_at_workos() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    browser.go(&site, "/login?prompt=login");
    let outcome = browser.send(&site, &Ask::form("/logout"));
    assert!(
        outcome
            .verdict()
            .starts_with(&format!("303 to {AT_WORKOS}session_"))
    );
    assert_eq!(browser.cookie(SESSION), None);
    assert!(browser.flows().is_empty());
    assert_eq!(browser.go(&site, "/").verdict(), "302 to AuthKit");
}

#[test]
fn a_get_only_asks() {
    let site = Site::new(&[]);
    for method in ["GET", "HEAD"] {
        let mut browser = Browser::signed_in(&site, ADA);
        let page = browser.send(&site, &Ask::navigation("/logout").method(method));
        assert_eq!(page.verdict(), "200");
        assert!(page.cookies().is_empty());
        assert!(
            page.body()
                .contains("<form method=\"post\" action=\"/logout\">")
        );
        assert_eq!(
            page.field("referrer-policy"),
            Some("same-origin"),
            "else `Origin: null`"
        );
        assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    }
}

#[test]
fn where_the_post_comes_from_decides() {
    let bare = || Ask::bare("/logout").method("POST");
    let rows = [
        (
            "same origin",
            bare().with("sec-fetch-site", "same-origin"),
            true,
        ),
        (
            "same site",
            bare()
                .with("sec-fetch-site", "same-site")
                .with("origin", SITE),
            false,
        ),
        (
            "cross site",
            bare()
                .with("sec-fetch-site", "cross-site")
                .with("origin", SITE),
            false,
        ),
        ("typed in", bare().with("sec-fetch-site", "none"), false),
        ("origin", bare().with("origin", SITE), true),
        (
            "origin and port",
            bare().with("origin", "https://app.example.com:444"),
            false,
        ),
        (
            "origin's scheme",
            bare().with("origin", "http://app.example.com"),
            false,
        ),
        ("null origin", bare().with("origin", "null"), false),
        (
            "other origin",
            bare().with("origin", "https://evil.example"),
            false,
        ),
        ("nothing", bare(), false),
        (
            "referer alone",
            bare().with("referer", "https://app.example.com/"),
            false,
        ),
    ];
    for (name, ask, is_ours) in rows {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, ADA);
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.verdict().starts_with("303"), is_ours, "{name}");
        assert_eq!(outcome.verdict() == "403", !is_ours, "{name}");
        assert_eq!(outcome.cookies().is_empty(), !is_ours, "{name}");
        assert_eq!(browser.cookie(SESSION).is_some(), !is_ours, "{name}");
    }
}

#[test]
fn other_methods_do_nothing() {
    let site = Site::new(&[]);
    for method in ["PUT", "DELETE", "OPTIONS", "post", "PATCH"] {
        let outcome =
            Browser::signed_in(&site, ADA).send(&site, &Ask::form("/logout").method(method));
        assert_eq!(outcome.verdict(), "405", "{method}");
        assert!(outcome.cookies().is_empty(), "{method}");
    }
}

#[test]
fn every_form_of_our_cookies_goes() {
    let cookies = "wos-session=v1.a; wos-session=b; wos-session.00000000aabb.0.2=x; other=1; \
                   wos-session.00000000aabb.1.2=y; __Host-authkit-flow-00112233=z; wos-sessionx=2";
    let site = Site::new(&[]);
    let outcome = site.decide(&Ask::form("/logout").with("cookie", cookies));
    let mut names: Vec<&str> = outcome.cookies().iter().map(SetCookie::name).collect();
    names.sort_unstable();
    names.dedup();
    let expected = [
        "__Host-authkit-flow-00112233",
        "wos-session",
        "wos-session.00000000aabb.0.2",
        "wos-session.00000000aabb.1.2",
    ];
    assert_eq!(names, expected);
    for cookie in outcome.cookies() {
        let end = "=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax";
        assert_eq!(cookie.as_str(), format!("{}{end}", cookie.name()));
    }
    assert_eq!(
        outcome.verdict(),
        format!("303 to {SITE}/"),
        "no session is known to WorkOS"
    );
}

#[test]
fn removal_mirrors_what_set_the_cookie() {
    type Row = (
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static [&'static str],
    );
    let rows: [Row; 3] = [
        (
            &[
                ("WORKOS_COOKIE_DOMAIN", "example.com"),
                ("WORKOS_COOKIE_SAMESITE", "none"),
            ],
            SITE,
            &[
                "wos-session=; Path=/; Domain=example.com; Max-Age=0; HttpOnly; Secure; SameSite=None",
                "wos-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None",
            ],
        ),
        (
            &[
                ("WORKOS_COOKIE_NAME", "__Host-s"),
                ("WORKOS_COOKIE_SAMESITE", "strict"),
            ],
            SITE,
            &["__Host-s=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict"],
        ),
        (
            &[("WORKOS_REDIRECT_URI", "http://localhost:8787/callback")],
            "http://localhost:8787",
            &["wos-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"],
        ),
    ];
    for (variables, site_url, expected) in rows {
        let site = Site::new(variables);
        let outcome = site.decide(&Ask::form(&format!("{site_url}/logout")));
        let texts: Vec<&str> = outcome.cookies().iter().map(SetCookie::as_str).collect();
        assert_eq!(texts, expected);
    }
}

#[test]
fn a_token_that_has_run_out_still_names_its_session() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    let sid = browser
        .go(&site, "/")
        .field("x-authkit-session-id")
        .map(str::to_owned);
    site.world.pass(LIFETIME * 100);
    let outcome = browser.send(&site, &Ask::form("/logout"));
    let url = Url::parse(outcome.location()).expect("an absolute URL");
    let named = url.query_pairs().find(|(name, _)| name == "session_id");
    assert_eq!(named.map(|(_, value)| value.into_owned()), sid);
    assert_eq!(site.world.workos.refreshes(), 0);
}

#[test]
fn a_session_id_is_escaped() {
    let site = Site::new(&[]);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(|token, _: &mut Value| {
        token.claims["sid"] = "a&return_to=b#c".into()
    }));
    let outcome = Browser::signed_in(&site, ADA).send(&site, &Ask::form("/logout"));
    assert_eq!(
        outcome.location(),
        format!("{AT_WORKOS}a%26return_to%3Db%23c")
    );
}

#[test]
fn only_listed_urls_end_a_sign_out() {
    let listed = [(
        "LOGOUT_RETURN_TO",
        "https://www.example.com/bye, https://app.example.com/",
    )];
    let rows = [
        ("", "https://www.example.com/bye"),
        (
            "?return_to=https://app.example.com/",
            "https://app.example.com/",
        ),
        (
            "?return_to=https://app.example.com",
            "https://www.example.com/bye",
        ),
        (
            "?return_to=https://evil.example/",
            "https://www.example.com/bye",
        ),
        (
            "?return_to=https://www.example.com/bye/../x",
            "https://www.example.com/bye",
        ),
        (
            "?return_to=https://app.example.com/&return_to=x",
            "https://www.example.com/bye",
        ),
        ("?return_to=/a", "https://www.example.com/bye"),
    ];
    for (query, expected) in rows {
        let site = Site::new(&listed);
        let ask = Ask::form(&format!("/logout{query}"));
        let signed_in = Browser::signed_in(&site, ADA).send(&site, &ask);
        assert_eq!(
            signed_in.query().get("return_to").map(String::as_str),
            Some(expected)
        );
        assert_eq!(
            site.decide(&ask).verdict(),
            format!("303 to {expected}"),
            "{query}"
        );
    }
    let bare = Site::new(&[(
        "LOGOUT_RETURN_TO",
        "https://a.example.com/, https://www.example.com",
    )]);
    let ask = Ask::form("/logout?return_to=https://www.example.com");
    let verdict = bare.decide(&ask).verdict();
    assert_eq!(
        verdict, "303 to https://www.example.com",
        "as it was registered"
    );
    let unlisted = Site::new(&[]);
    let ask = Ask::form("/logout?return_to=https://evil.example/");
    let outcome = Browser::signed_in(&unlisted, ADA).send(&unlisted, &ask);
    assert_eq!(outcome.query().get("return_to"), None);
}

#[test]
fn of_several_sessions_the_one_that_counted_ends() {
    let site = Site::new(&[]);
    let older = Browser::signed_in(&site, ADA);
    site.world.pass(10);
    let mut newer = Browser::signed_in(&site, ADA);
    let seen = newer.go(&site, "/");
    let counted = seen.field("x-authkit-session-id").expect("a session");
    for pair in [[&older, &newer], [&newer, &older]] {
        let [one, next] = pair.map(Browser::session);
        let both = format!("{SESSION}={one}; {SESSION}={next}");
        let outcome = site.decide(&Ask::form("/logout").with("cookie", &both));
        assert_eq!(
            outcome.query().get("session_id").map(String::as_str),
            Some(counted)
        );
        // A refresh that is late puts the session's cookie back, beside the mark.
        let mut cookies = outcome.cookies().iter().filter_map(SetCookie::pair);
        let mark = cookies
            .find(|pair| pair.contains("signed-out"))
            .expect("a mark");
        let late = format!("{SESSION}={}; {mark}", newer.session());
        let outcome = site.decide(&Ask::navigation("/").with("cookie", &late));
        assert_eq!(outcome.verdict(), "302 to AuthKit");
        assert_eq!(outcome.note.reason, "signed_out");
    }
}
