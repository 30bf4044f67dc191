//! What is wrong with the settings is said at once, with the cure, and without the value.

mod table;

use self::table::ROWS;
use crate::support::Variables;

#[test]
fn each_variable_is_read_or_refused() {
    for (variable, good, bad, said) in ROWS {
        for value in good {
            let faults = Variables::new().with(&[(variable, value)]).faults();
            assert!(faults.is_empty(), "{variable}={value}: {faults:?}");
        }
        for value in bad {
            let faults = Variables::new().with(&[(variable, value)]).faults();
            let fault = faults.iter().find(|fault| names(fault, variable));
            let fault = fault.unwrap_or_else(|| panic!("{variable}={value} passed: {faults:?}"));
            assert!(fault.contains(said), "{variable}={value}: {fault}");
        }
    }
}

/// The port is read with the host name, and the second spelling of a name with the first.
fn names(fault: &str, variable: &str) -> bool {
    match variable {
        "WORKOS_API_PORT" => fault.contains(variable),
        "WORKOS_COOKIE_SAME_SITE" => fault.starts_with("WORKOS_COOKIE_SAMESITE "),
        _ => {
            fault.starts_with(&format!("{variable} ")) || fault.starts_with(&format!("{variable},"))
        }
    }
}

#[test]
fn values_are_never_shown() {
    let patterns = [
        "API_PATHS",
        "MATCHER",
        "RULES",
        "SIGN_UP_PATHS",
        "UNAUTHENTICATED_PATHS",
    ];
    for (variable, ..) in ROWS {
        let variables = Variables::new().with(&[(variable, "canary \\ #")]);
        let faults = variables.faults().join("\n");
        let is_shown = patterns.contains(&variable);
        assert_eq!(faults.contains("canary"), is_shown, "{faults}");
    }
}

#[test]
fn all_faults_are_reported_at_once() {
    let faults = Variables::new()
        .with(&[
            ("WORKOS_CLIENT_ID", ""),
            ("WORKOS_API_KEY", ""),
            ("WORKOS_COOKIE_PASSWORD", "short"),
            ("WORKOS_REDIRECT_URI", ""),
            ("MATCHER", "a, b"),
            ("LOG_LEVEL", "loud"),
            ("RETURN_PATHNAME", "//evil.example"),
            ("RULES", "/x role"),
        ])
        .faults();
    assert_eq!(faults.len(), 9, "{faults:#?}");
}

#[test]
fn paths_that_collide_are_refused() {
    let rows = [
        ("LOGIN_PATH", "/callback"),
        ("SIGNUP_PATH", "/login"),
        ("LOGOUT_PATH", "/auth/health"),
        ("SESSION_PATH", "/logout"),
        ("WORKOS_REDIRECT_URI", "https://app.example.com/login"),
    ];
    for (variable, value) in rows {
        let faults = Variables::new().with(&[(variable, value)]).faults();
        assert!(
            faults.iter().any(|fault| fault.contains("each its own")),
            "{variable}: {faults:?}"
        );
    }
}

#[test]
fn two_spellings_of_one_setting_must_agree() {
    let rows = [
        (
            "NEXT_PUBLIC_WORKOS_REDIRECT_URI",
            "https://app.example.com/other",
            1,
        ),
        (
            "NEXT_PUBLIC_WORKOS_REDIRECT_URI",
            "https://app.example.com/callback",
            0,
        ),
    ];
    for (name, value, expected) in rows {
        assert_eq!(
            Variables::new().with(&[(name, value)]).faults().len(),
            expected,
            "{value}"
        );
    }
    let alias = Variables::new().with(&[
        ("WORKOS_REDIRECT_URI", ""),
        (
            "NEXT_PUBLIC_WORKOS_REDIRECT_URI",
            "https://app.example.com/callback",
        ),
    ]);
    assert!(alias.faults().is_empty());
}

#[test]
fn prefixes_promise_nothing_that_isnt_so() {
    let local = ("WORKOS_REDIRECT_URI", "http://localhost:8787/callback");
    let rows: [&[(&str, &str)]; 4] = [
        &[local, ("WORKOS_COOKIE_NAME", "__Host-s")],
        &[local, ("WORKOS_COOKIE_NAME", "__Secure-s")],
        &[
            ("WORKOS_COOKIE_DOMAIN", "example.com"),
            ("WORKOS_COOKIE_NAME", "__Host-s"),
        ],
        &[
            ("WORKOS_COOKIE_DOMAIN", "example.com"),
            ("WORKOS_COOKIE_NAME", "__host-S"),
        ],
    ];
    for variables in rows {
        let faults = Variables::new().with(variables).faults();
        assert!(
            faults
                .iter()
                .any(|fault| fault.starts_with("WORKOS_COOKIE_NAME ")),
            "{faults:?}"
        );
    }
}

#[test]
fn the_origin_is_a_binding_or_a_url_or_the_site_itself() {
    use authkit_gateway::config::Origin;
    let url = Variables::new().with(&[("ORIGIN", "https://origin.example.com")]);
    assert!(matches!(url.config().origin, Origin::Url(_)));
    assert_eq!(Variables::new().config().origin, Origin::SameUrl);
    let service = Variables::new()
        .with_binding("ORIGIN")
        .with_binding("ASSETS");
    assert_eq!(service.config().origin, Origin::Service);
    assert_eq!(
        Variables::new().with_binding("ASSETS").config().origin,
        Origin::Assets
    );
    assert!(matches!(
        url.with_binding("ASSETS").config().origin,
        Origin::Url(_)
    ));
}
