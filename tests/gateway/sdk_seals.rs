//! Sessions sealed as AuthKit's SDKs seal them.

mod read;
mod written;

use serde_json::{Value, json};

use crate::support::{ADA, Browser, SESSION, Site, Unsigned, iron};

/// A session as an app with an SDK would have left it, good from now on.
fn left_by_sdk(site: &Site) -> Value {
    let token = Unsigned::new(ADA.id, "session_sdk", None, "key_1", site.now().0);
    sealed_with(&token)
}

fn sealed_with(token: &Unsigned) -> Value {
    json!({
        "accessToken": token.signed(), "refreshToken": "refresh_token_sdk",
        "user": { "object": "user", "id": ADA.id, "email": ADA.email, "firstName": "Ada" },
    })
}

/// A browser with a session that an app with an SDK left.
fn browser(site: &Site, payload: &Value) -> Browser {
    let mut browser = Browser::default();
    browser.plant(SESSION, &iron(site, payload));
    browser
}

/// A browser whose session this very WorkOS gave, moved into a seal of the SDKs'.
fn moved(site: &Site, browser: &mut Browser) {
    let purpose = authkit_gateway::seal::Purpose::Session;
    let payload = crate::support::opened(site, purpose, SESSION, browser.session());
    browser.plant(SESSION, &iron(site, &payload));
}
