//! Somebody in several organizations chooses one, and the sign-in ends there.

mod chosen;
mod kept;

use authkit_gateway::decision::Outcome;

use crate::support::{ADA, Browser, Call, Seen, Site};

const PENDING: &str = "__Host-authkit-pending";
const ACME: &str = "/callback?organization_id=org_acme";

/// A site whose visitors are in several organizations, a browser in which one of them has just
/// signed in, and what it shows.
fn choosing(path: &str) -> (Site, Browser, Outcome) {
    let site = Site::new(&[("ALLOWED_HOSTS", "www.example.com")]);
    let list = [
        ("org_acme", "Acme"),
        ("org_2", r#"<b>"Ink" & 'Paper'</b>"#),
        ("org_&3", ""),
    ];
    site.world.workos.organizations.borrow_mut().extend(list);
    let mut browser = Browser::default();
    let page = browser.sign_in(&site, path, ADA);
    (site, browser, page)
}

fn selections(site: &Site) -> usize {
    let workos = &site.world.workos;
    workos.count(|call| matches!(call, Call::Selection(_)))
}

#[test]
fn the_page_lists_them_escaped() {
    let (site, browser, page) = choosing("/deep");
    assert_eq!(page.verdict(), "200");
    assert_eq!(page.note.reason, "organization_selection");
    let buttons = [
        ("/callback?organization_id=org_acme", "Acme"),
        (
            "/callback?organization_id=org_2",
            "&lt;b&gt;&quot;Ink&quot; &amp; &#39;Paper&#39;&lt;/b&gt;",
        ),
        ("/callback?organization_id=org_%263", "org_&amp;3"),
    ];
    for (action, label) in buttons {
        let form = format!("<form method=\"post\" action=\"{action}\">");
        assert!(page.body().contains(&form), "{action}: {}", page.body());
        assert!(
            page.body().contains(&format!(">{label}</button>")),
            "{label}"
        );
    }
    assert!(!page.body().contains("<b>"));
    assert_eq!(page.field("referrer-policy"), Some("same-origin"));
    let policy = page.field("content-security-policy").expect("a policy");
    assert!(
        !policy.contains("form-action"),
        "it would block the redirect"
    );
    assert!(browser.cookie(PENDING).is_some());
    assert!(browser.flows().is_empty(), "the code is spent");
    assert_eq!(site.world.workos.exchanges(), 1);
}

#[test]
fn nobody_is_signed_in_before_they_choose() {
    let (site, mut browser, page) = choosing("/deep");
    assert_eq!(page.cookie("wos-session"), None);
    assert_eq!(browser.go(&site, "/deep").verdict(), "302 to AuthKit");
}

#[test]
fn without_randomness_it_cant_be_kept() {
    let site = Site::new(&[]);
    let list = [("org_acme", "Acme"), ("org_2", "Ink")];
    site.world.workos.organizations.borrow_mut().extend(list);
    let mut browser = Browser::default();
    let sent = browser.go(&site, "/deep");
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    // One draw shows that there is randomness before the code is spent.
    site.world.randomness.set(1);
    let outcome = browser.go(&site, &callback);
    assert_eq!(outcome.verdict(), "502");
    assert_eq!(browser.cookie(PENDING), None);
}
