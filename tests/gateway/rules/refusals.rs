//! What somebody sees who is signed in and lacks something.

use authkit_gateway::decision::Body;
use authkit_gateway::decision::Decision;
use serde_json::{Value, json};

use super::{ada, missing, site};
use crate::support::{Ask, Seen};

#[test]
fn a_page_says_in_words_what_is_missing() {
    let rows = [
        ("role:admin", "You need the role admin."),
        ("role:a|b", "You need the role a or b."),
        ("permission:*", "You need the permission, whichever it is."),
        ("entitlement:billing", "You need the entitlement billing."),
        ("flag:beta", "You need the feature flag beta."),
        ("org:*", "You must be in an organization."),
        ("org:org_1", "You need the organization org_1."),
    ];
    for (condition, words) in rows {
        let site = site(&format!("/x {condition}"), &[], json!({}));
        let page = ada(&site).go(&site, "/x");
        assert_eq!(page.verdict(), "403");
        assert_eq!(page.note.reason, "forbidden");
        assert!(page.body().contains("<h1>You can&#39;t see this page</h1>"));
        assert!(
            page.body().contains(&format!("<li>{words}</li>")),
            "{}",
            page.body()
        );
        assert!(
            page.body()
                .contains("<form method=\"post\" action=\"/logout\">")
        );
        assert!(page.cookies().is_empty(), "the session is left alone");
    }
}

#[test]
fn a_program_is_told_each_condition_as_it_stands() {
    let site = site("/x role:admin org:*\n/:path* flag:a|b", &[], json!({}));
    for method in ["GET", "POST", "DELETE"] {
        let outcome = ada(&site).send(&site, &Ask::script("/x").method(method));
        assert_eq!(outcome.verdict(), "403", "{method}");
        assert_eq!(missing(&outcome), ["role:admin", "org:*", "flag:a|b"]);
        let body: Value = serde_json::from_str(outcome.body()).expect("JSON");
        assert_eq!(body["error"], "forbidden");
        assert_eq!(
            outcome.field("www-authenticate"),
            None,
            "signing in wouldn't help"
        );
    }
}

#[test]
fn what_an_operator_wrote_is_escaped() {
    let site = site("/x role:<b>&\"bold\"", &[], json!({}));
    let page = ada(&site).go(&site, "/x");
    assert!(!page.body().contains("<b>"), "{}", page.body());
    assert!(page.body().contains("&lt;b&gt;&amp;&quot;bold&quot;"));
}

#[test]
fn nothing_of_the_request_is_repeated_but_where_to_return() {
    let site = site("/:path* role:admin", &[], json!({}));
    let page = ada(&site).go(&site, "/x?q=%3Cscript%3E&canary=\"'");
    assert!(!page.body().contains("<script>"));
    assert!(
        page.body().contains("return_to=%2Fx%3Fq%3D"),
        "{}",
        page.body()
    );
}

#[test]
fn a_form_is_refused_with_a_page_and_a_prefetch_with_no_way_on() {
    let site = site("/x role:admin", &[], json!({}));
    let mut browser = ada(&site);
    for ask in [
        Ask::form("/x"),
        Ask::prefetch("/x"),
        Ask::navigation("/x").method("HEAD"),
    ] {
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.verdict(), "403", "{ask:?}");
        let Decision::Answer(answer) = &outcome.decision else {
            panic!("{}", outcome.verdict());
        };
        assert!(matches!(answer.body, Body::Html(_)), "{ask:?}");
    }
}

#[test]
fn the_log_names_the_reason_and_the_session_but_not_who() {
    let site = site("/x role:admin", &[], json!({}));
    let outcome = ada(&site).go(&site, "/x");
    assert_eq!(outcome.note.route, "protected");
    assert!(outcome.note.session.is_some());
    assert!(!format!("{:?}", outcome.note).contains("ada"));
}

#[test]
fn without_an_organization_to_name_the_way_on_is_another_sign_in() {
    let site = site("/x role:admin", &[], json!({}));
    let mut browser = ada(&site);
    let page = browser.go(&site, "/x?y=1");
    let href = "/login?return_to=%2Fx%3Fy%3D1&amp;prompt=login";
    assert!(
        page.body().contains(&format!("href=\"{href}\"")),
        "{}",
        page.body()
    );
    let sent = browser.go(&site, &href.replace("&amp;", "&"));
    assert_eq!(sent.verdict(), "302 to AuthKit");
    assert_eq!(sent.query()["prompt"], "login");
}
