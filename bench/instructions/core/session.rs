//! A session whose cookie has 2.5 kB, as they commonly do.

use serde_json::json;

use authkit_gateway::config::Config;
use authkit_gateway::cookie::SetCookie;
use authkit_gateway::session::{Session, Standing};
use authkit_gateway::token::{AccessToken, Verification};
use authkit_gateway::visitor::SignedIn;
use authkit_gateway::workos::RefreshToken;

use crate::site::{HOST, Still};
use crate::tokens::{signed, told};

/// Returns somebody's session.
pub(crate) fn session(user_id: &str) -> Session {
    let user = json!({
        "object": "user",
        "id": user_id,
        "email": "ada@example.com",
        "emailVerified": true,
        "firstName": "Ada",
        "lastName": "Lovelace",
        "profilePictureUrl": "https://workoscdn.com/images/v1/counted".to_owned() + &"0".repeat(64),
        "lastSignInAt": "2027-01-15T08:00:00.000Z",
        "locale": "en-GB",
        "externalId": "crm-1815",
        "metadata": { "team": "Notes", "title": "Countess", "note": "g".repeat(160) },
        "createdAt": "2027-01-15T08:00:00.000Z",
        "updatedAt": "2027-01-15T08:00:00.000Z",
    });
    Session {
        access_token: AccessToken::new(signed(user_id)),
        refresh_token: RefreshToken::new("c0UnT3dR3fR3shT0k3n012345".to_owned()),
        user: user.as_object().cloned().unwrap_or_default(),
        impersonator: None,
        authentication_method: Some("Password".to_owned()),
        standing: Standing::Verified,
    }
}

/// Returns somebody who is signed in.
pub(crate) fn signed_in(user_id: &str, config: &Config) -> SignedIn {
    let session = session(user_id);
    let Some(Verification::Valid(claims)) = told(&session.access_token, &config.token_rules) else {
        unreachable!("the token is good");
    };
    SignedIn::new(session, claims, None)
}

/// Returns the cookies a browser sends with somebody's session: one of ours, and a few of the site's.
pub(crate) fn cookie_field(user_id: &str, config: &Config) -> String {
    format!(
        "theme=dark; _ga=GA1.2.1815.1852; {}; locale=en-GB",
        pair(user_id, config)
    )
}

/// Returns the sealed text in the cookie of somebody's session.
pub(crate) fn sealed(user_id: &str, config: &Config) -> String {
    let pair = pair(user_id, config);
    let (_, text) = pair.split_once('=').expect("a name and a value");
    text.to_owned()
}

fn pair(user_id: &str, config: &Config) -> String {
    let (cookie, keyring) = (&config.session_cookie, &config.keyring);
    let written = cookie.write(&session(user_id), "", keyring, HOST, &Still);
    let written = written.expect("it fits one cookie");
    let pair = written.first().and_then(SetCookie::pair);
    pair.expect("a cookie that is set").to_owned()
}
