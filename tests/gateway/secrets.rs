//! No secret reaches `Debug`, a log line, a page, or the origin, wherever a sign-in may go.

mod routes;

use authkit_gateway::decision::Outcome;
use authkit_gateway::log::Line;
use authkit_gateway::seal::Purpose;
use serde_json::Value;

use crate::support::{
    ADA, API_KEY, Ask, Browser, Call, Fault, LIFETIME, OTHER_PASSWORD, PASSWORD, SESSION, Seen,
    Site, iron_opened, opened,
};

/// What must not be seen, by name.
#[derive(Default)]
struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    fn new() -> Canaries {
        let mut canaries = Canaries::default();
        canaries.add("API key", API_KEY);
        canaries.add("password", PASSWORD);
        canaries.add("previous password", OTHER_PASSWORD);
        canaries
    }

    fn add(&mut self, name: &'static str, text: &str) {
        assert!(text.len() >= 6, "{name} is too short to be looked for");
        self.0.push((name, text.to_owned()));
    }

    /// Takes in what a browser and WorkOS have of secrets.
    fn learn(&mut self, site: &Site, browser: &Browser) {
        for name in browser.flows() {
            let text = browser.cookie(name).expect("a flow");
            let flow = opened(site, Purpose::Flow, name, text);
            self.add("flow's seal", text);
            self.add(
                "verifier",
                flow["codeVerifier"].as_str().expect("a verifier"),
            );
            self.add("state", flow["state"].as_str().expect("a state"));
        }
        if let Some(text) = browser.cookie(SESSION) {
            let session = match text.starts_with("Fe26.2*") {
                true => iron_opened(site, text),
                false => opened(site, Purpose::Session, SESSION, text),
            };
            self.add("session's seal", text);
            self.add(
                "access token",
                session["accessToken"].as_str().expect("a token"),
            );
            self.add(
                "refresh token",
                session["refreshToken"].as_str().expect("a token"),
            );
        }
        for call in site.world.workos.calls.borrow().iter() {
            if let Call::Code(secret) | Call::Refresh(secret) | Call::Selection(secret) = call {
                self.add("code or refresh token", secret);
            }
        }
    }

    #[track_caller]
    fn check(&self, whose: &str, shown: &str) {
        for (name, text) in &self.0 {
            assert!(
                !shown.contains(text.as_str()),
                "{whose} shows the {name}: {shown}"
            );
        }
    }

    /// Looks at everything an outcome shows to others than the visitor's browser.
    #[track_caller]
    fn check_outcome(&self, ask: &Ask, outcome: &Outcome) {
        self.check("Debug", &format!("{outcome:?}"));
        self.check("the page", outcome.body());
        self.check("the log", &line(ask, outcome));
        for name in [
            "x-authkit-session-id",
            "x-authkit-user",
            "x-authkit-user-id",
        ] {
            self.check("the origin", outcome.field(name).unwrap_or_default());
        }
    }
}

fn line(ask: &Ask, outcome: &Outcome) -> String {
    let note = &outcome.note;
    let line = Line {
        level: note.level,
        request_id: "0123456789abcdef",
        method: &ask.method,
        path: ask.url.path(),
        route: note.route,
        verdict: "answer",
        status: None,
        reason: note.reason,
        detail: note.detail.as_deref(),
        seal: note.seal,
        refresh: note.refresh,
        session: note.session.as_deref(),
        ms: 1,
    };
    format!("{} {note:?} {line:?}", line.text())
}

fn site() -> Site {
    Site::new(&[
        ("WORKOS_COOKIE_PASSWORD_PREVIOUS", OTHER_PASSWORD),
        ("FORWARD_ACCESS_TOKEN", "true"),
        ("FORWARD_USER", "true"),
    ])
}

#[test]
fn a_sign_in_shows_no_secret() {
    let site = site();
    let mut browser = Browser::default();
    let mut canaries = Canaries::new();
    let ask = Ask::navigation("/deep");
    let sent = browser.send(&site, &ask);
    canaries.learn(&site, &browser);
    canaries.check_outcome(&ask, &sent);
    let callback = Ask::navigation(&site.world.workos.sign_in(sent.location(), ADA));
    let landed = browser.send(&site, &callback);
    canaries.learn(&site, &browser);
    canaries.check_outcome(&callback, &landed);
    canaries.check("the address", landed.location());
    for ask in [
        ask,
        Ask::script("/auth/session"),
        Ask::navigation("/login"),
        Ask::form("/logout"),
    ] {
        canaries.check_outcome(&ask, &site.decide(&browser.dress(&ask)));
    }
}

#[test]
fn a_sign_in_that_fails_shows_no_secret() {
    let faults = [
        Fault::Network,
        Fault::Answer(401, r#"{"error":"invalid_client"}"#),
        Fault::Answer(400, r#"{"error":"invalid_grant"}"#),
        Fault::Answer(
            403,
            r#"{"code":"mfa_enrollment","pending_authentication_token":"x"}"#,
        ),
        Fault::Answer(200, "{}"),
    ];
    for fault in faults {
        let site = site();
        let mut browser = Browser::default();
        let mut canaries = Canaries::new();
        let sent = browser.go(&site, "/deep");
        canaries.learn(&site, &browser);
        let callback = Ask::navigation(&site.world.workos.sign_in(sent.location(), ADA));
        site.world.workos.tokens.once(fault);
        let failed = browser.send(&site, &callback);
        canaries.learn(&site, &browser);
        canaries.check_outcome(&callback, &failed);
        let html = failed.body().to_owned();
        let json = site
            .decide(&browser.dress(&callback).with("accept", "*/*"))
            .body()
            .to_owned();
        canaries.check("a page and its JSON", &(html + &json));
    }
}

#[test]
fn a_refresh_shows_no_secret() {
    let faults = [
        None,
        Some(Fault::Network),
        Some(Fault::Answer(401, "")),
        Some(Fault::Answer(400, r#"{"error":"invalid_grant"}"#)),
        Some(Fault::Answer(403, r#"{"code":"sso_required"}"#)),
    ];
    for fault in faults {
        let site = site();
        let mut browser = Browser::signed_in(&site, ADA);
        let mut canaries = Canaries::new();
        site.world.pass(LIFETIME);
        canaries.learn(&site, &browser);
        if let Some(fault) = fault {
            site.world.workos.tokens.always(fault);
        }
        for ask in [
            Ask::navigation("/"),
            Ask::script("/data"),
            Ask::script("/auth/session"),
        ] {
            let outcome = browser.send(&site, &ask);
            canaries.learn(&site, &browser);
            canaries.check_outcome(&ask, &outcome);
        }
    }
}

#[test]
fn settings_show_no_secret() {
    let site = site();
    Canaries::new().check("Debug", &format!("{:?}", site.gateway.config));
}

#[test]
fn tokens_reach_the_origin_only_when_asked_for() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    let payload: Value = opened(&site, Purpose::Session, SESSION, browser.session());
    let page = browser.go(&site, "/");
    assert_eq!(page.field("authorization"), None);
    assert_eq!(page.field("x-authkit-user"), None);
    let token = payload["accessToken"].as_str().expect("a token");
    assert!(!format!("{:?}", page.decision).contains(token));
}
