//! A callback is known by its parameters, its flow and its method.

use super::{Code, Coming, RESTARTS, SIGNED_IN, UNKNOWN, check};
use crate::support::{Ask, Browser, Seen};

#[test]
fn parameters_stand_once_each() {
    let good = [
        "code=CODE&state=STATE",
        "state=STATE&more=x&code=CODE&more=y",
    ];
    for query in good {
        check(query, |coming| coming.with(query), SIGNED_IN, Code::Spent);
    }
    let stateless = [
        "",
        "code=CODE",
        "code=CODE&state=",
        "code=CODE&state=0.00112233445566778899aabbccddeeff",
        "code=CODE&state=%C3%A9.%00",
        "code=CODE&state=STATE0",
        "code=CODE&State=STATE",
        "state=STATE",
        "code=&state=STATE",
    ];
    for query in stateless {
        check(
            query,
            |coming| coming.with(query),
            RESTARTS,
            Code::Restarted,
        );
    }
    let refused = [
        // A state that counts its restarts.
        "code=CODE&state=1STATE",
        "code=CODE&state=1.00112233445566778899aabbccddeeff",
        "code=CODE&state=255.00112233445566778899aabbccddeeff",
        "code=CODE&state=STATE&state=STATE",
        "code=CODE&code=other&state=STATE",
        "code=CODE&state=STATE&error=access_denied",
        "state=STATE&error=access_denied&error=server_error",
    ];
    for query in refused {
        check(query, |coming| coming.with(query), UNKNOWN, Code::Unspent);
    }
}

#[test]
fn an_issuer_that_is_named_is_workos() {
    let rows = [
        ("iss=https://api.workos.com", SIGNED_IN, Code::Spent),
        ("iss=https://evil.example", UNKNOWN, Code::Unspent),
        ("iss=", UNKNOWN, Code::Unspent),
        (
            "iss=https://api.workos.com&iss=https://api.workos.com",
            UNKNOWN,
            Code::Unspent,
        ),
    ];
    for (issuer, expected, code) in rows {
        let query = format!("code=CODE&state=STATE&{issuer}");
        check(issuer, |coming| coming.with(&query), expected, code);
    }
}

#[test]
fn a_flow_belongs_to_one_browser_for_ten_minutes() {
    let after = |seconds| {
        move |coming: &mut Coming| {
            coming.site.world.pass(seconds);
            coming.plain()
        }
    };
    check("just in time", after(599), SIGNED_IN, Code::Spent);
    check("too late", after(600), RESTARTS, Code::Restarted);
    let elsewhere = |coming: &mut Coming| {
        coming.browser = Browser::default();
        coming.browser.go(&coming.site, "/login");
        coming.plain()
    };
    check("another browser's", elsewhere, RESTARTS, Code::Restarted);
    let planted = |coming: &mut Coming| {
        let name = coming.browser.flows()[0].to_owned();
        let text = coming.browser.cookie(&name).expect("a flow").to_owned();
        coming
            .browser
            .plant(&name, &format!("{text}; {name}=planted"));
        coming.plain()
    };
    check(
        "two cookies of its name",
        planted,
        RESTARTS,
        Code::Restarted,
    );
}

#[test]
fn only_a_get_that_somebody_waits_for_spends_the_code() {
    type Change = fn(Ask) -> Ask;
    let rows: [(&str, Change, &str); 6] = [
        ("HEAD", |ask| ask.method("HEAD"), "204"),
        ("prefetch", |ask| ask.with("sec-purpose", "prefetch"), "204"),
        ("old prefetch", |ask| ask.with("purpose", "prefetch"), "204"),
        ("POST", |ask| ask.method("POST"), "405"),
        ("OPTIONS", |ask| ask.method("OPTIONS"), "405"),
        ("made up", |ask| ask.method("get"), "405"),
    ];
    for (name, change, verdict) in rows {
        let mut coming = Coming::back();
        let ask = coming.plain();
        let outcome = coming.browser.send(&coming.site, &change(ask.clone()));
        assert_eq!(outcome.verdict(), verdict, "{name}");
        assert!(outcome.cookies().is_empty(), "{name}");
        assert_eq!(coming.site.world.workos.exchanges(), 0, "{name}");
        assert_eq!(
            coming.browser.send(&coming.site, &ask).note.reason,
            "signed_in",
            "{name}"
        );
    }
}
