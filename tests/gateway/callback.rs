//! Everything a callback may bring besides a good code.

mod exchange;
mod parameters;
mod restart;
mod sdk;
mod step_up;
mod stray;
mod tokens;

use url::Url;

use crate::support::{ADA, Ask, Browser, SESSION, Seen, Site};

const SIGNED_IN: (&str, &str) = ("303 to https://app.example.com/deep", "signed_in");
const UNKNOWN: (&str, &str) = ("400", "sign_in_unknown");
const RESTARTS: (&str, &str) = ("302 to AuthKit", "sign_in_restarts");

/// A browser that comes back from AuthKit.
struct Coming {
    site: Site,
    browser: Browser,
    callback: Url,
}

impl Coming {
    fn back() -> Coming {
        let site = Site::new(&[]);
        let mut browser = Browser::default();
        let sent = browser.go(&site, "/deep");
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        let callback = Url::parse(&callback).expect("an absolute URL");
        Coming {
            site,
            browser,
            callback,
        }
    }

    /// Returns the callback as it should be.
    fn plain(&self) -> Ask {
        Ask::navigation(self.callback.as_str()).with("sec-fetch-site", "cross-site")
    }

    /// Returns the callback with another query, in which `CODE` and `STATE` stand for its own.
    fn with(&self, query: &str) -> Ask {
        let query = query.replace("CODE", &self.value("code"));
        let query = query.replace("STATE", &self.value("state"));
        let mut url = self.callback.clone();
        url.set_query(Some(&query));
        Ask::navigation(url.as_str()).with("sec-fetch-site", "cross-site")
    }

    fn value(&self, name: &str) -> String {
        let mut pairs = self.callback.query_pairs();
        let found = pairs.find(|(own, _)| own == name).expect("it is there");
        found.1.into_owned()
    }
}

/// How many codes are exchanged, and whether the flow's cookie stays.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Code {
    Spent,
    SpentMaybe,
    /// Another sign-in has begun, after the code was spent.
    SpentAndRestarted,
    Unspent,
    /// Another sign-in has begun.
    Restarted,
    /// There was none: AuthKit refused.
    None,
}

#[track_caller]
fn check(name: &str, make: impl Fn(&mut Coming) -> Ask, expected: (&str, &str), code: Code) {
    let mut coming = Coming::back();
    let ask = make(&mut coming);
    let Coming {
        site, mut browser, ..
    } = coming;
    let outcome = browser.send(&site, &ask);
    assert_eq!(
        (outcome.verdict().as_str(), outcome.note.reason),
        expected,
        "{name}"
    );
    let (exchanges, flows) = match code {
        Code::Spent => (1, 0),
        Code::SpentMaybe | Code::SpentAndRestarted => (1, 1),
        Code::Unspent => (0, 1),
        Code::Restarted => (0, 2),
        Code::None => (0, 0),
    };
    assert_eq!(site.world.workos.exchanges(), exchanges, "{name}");
    assert_eq!(browser.flows().len(), flows, "{name}: the flow's cookie");
    let signed_in = browser.cookie(SESSION).is_some();
    assert_eq!(
        signed_in,
        expected.1 == "signed_in",
        "{name}: the session's cookie"
    );
}
