//! The fields of a request that end at the gateway: see rules 2 to 4 of [`super`].

use std::sync::LazyLock;

use super::{alike, begins_alike, is_alike};
use crate::config::Config;
use crate::nextjs;

/// Names that end at the gateway, in whatever spelling.
const REMOVED: [&str; 25] = [
    // Hop by hop.
    "connection",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    // Ours: who went through the gateway already, and where the request was sent to.
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    // Another method or URL than the one that was judged.
    "x-forwarded-prefix",
    "x-forwarded-uri",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-method",
    "x-original-uri",
    "x-original-url",
    "x-override-url",
    "x-rewrite-url",
    // Inside frameworks.
    "x-invoke-path",
    "x-matched-path",
    "x-now-route-matches",
    // What the development server adds.
    "cf-workers-preview-token",
];

const REMOVED_PREFIXES: [&str; 3] = ["x-authkit-", "x-middleware-", "x-workos-"];

/// `Upgrade` is named in `Connection` and makes a WebSocket; Next.js' own pages send the other.
const KEPT: [&str; 2] = ["upgrade", "x-middleware-prefetch"];

/// The most names of `Connection` that are heeded: a visitor can list thousands, and send as many
/// fields. What it doesn't end are their own.
const MOST_LISTED: usize = 32;

/// Decides which fields of one request end at the gateway.
pub struct Removal<'a> {
    connection: Vec<&'a str>,
    config: &'a Config,
    initials: Initials,
}

impl<'a> Removal<'a> {
    /// Returns the rule for a request whose `Connection` field is `connection`.
    pub fn new(connection: Option<&'a str>, config: &'a Config) -> Removal<'a> {
        let listed = connection.unwrap_or_default().split(',').map(str::trim);
        let listed = listed.filter(|name| !name.is_empty());
        let connection: Vec<&str> = listed.take(MOST_LISTED).collect();
        let own = config.identity.names();
        let initials = own
            .chain(connection.iter().copied())
            .fold(*REMOVED_INITIALS, Initials::and);
        Removal {
            connection,
            config,
            initials,
        }
    }

    /// Returns whether the field `name` ends here.
    pub fn removes(&self, name: &str) -> bool {
        let is = |other: &&str| is_alike(name, other);
        // That settles it for most names of most requests.
        if !self.initials.have(name) || KEPT.iter().any(is) {
            return false;
        }
        REMOVED.iter().any(is)
            || REMOVED_PREFIXES
                .iter()
                .any(|prefix| begins_alike(name, prefix))
            || self.config.identity.names().any(|own| is_alike(name, own))
            || (self.config.authkit_nextjs && nextjs::NAMES.iter().any(is))
            || self.connection.iter().any(is)
    }
}

/// What names begin with.
#[derive(Clone, Copy, Default)]
struct Initials(u128);

/// Of all names above.
static REMOVED_INITIALS: LazyLock<Initials> = LazyLock::new(|| {
    let names = REMOVED
        .iter()
        .chain(&REMOVED_PREFIXES)
        .chain(&nextjs::NAMES);
    names.copied().fold(Initials::default(), Initials::and)
});

impl Initials {
    fn and(self, name: &str) -> Initials {
        Initials(self.0 | bit(name))
    }

    fn have(self, name: &str) -> bool {
        self.0 & bit(name) != 0
    }
}

/// A bit for each letter; what isn't one has the first.
fn bit(name: &str) -> u128 {
    let initial = name.bytes().next().map_or(0, alike);
    1_u128.checked_shl(initial.into()).unwrap_or(1)
}

/// Marks a request that has passed the gateway on its way to its own URL.
pub const HOP: &str = "x-authkit-hop";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted;

    fn check(connection: &str, name: &str, removed: bool) {
        let config = scripted::config(&[("IDENTITY_HEADERS", "email=Remote-User")]);
        let removal = Removal::new(Some(connection), &config);
        assert_eq!(
            removal.removes(name),
            removed,
            "{name} with Connection: {connection}"
        );
    }

    #[test]
    fn identity_names_end_here_in_every_spelling() {
        for name in [
            "x-authkit-user-id",
            "X-AuthKit-User-Id",
            "x_authkit_user_id",
            "X-AuthKit_Anything",
            "x.authkit.user.id",
            "x authkit user id",
            "x!authkit!user!id",
            "x~authkit`user'id",
            "remote^user",
            "x-workos-session",
            "X_WORKOS_MIDDLEWARE",
            "x-middleware-subrequest",
            "X-Middleware_Rewrite",
            "x-original-url",
            "X_Rewrite_Url",
            "x-http-method-override",
            "x_forwarded_host",
            "Remote_User",
        ] {
            check("", name, true);
        }
    }

    #[test]
    fn the_rest_passes() {
        for name in [
            "accept",
            "authorization",
            "cookie",
            "if-none-match",
            "range",
            "x-authki",
            "x-forwarded-for",
            "x-middleware-prefetch",
            "x-nextjs-data",
            "x-request-id",
        ] {
            check("", name, false);
        }
    }

    #[test]
    fn the_connection_fields_list_ends_here_but_for_upgrade() {
        check("close, X-Hop", "x-hop", true);
        check("close, X_Hop", "x-hop", true);
        check("close, Quirk", "quirk", true);
        check("Quirk", "q", false);
        check("close", "x-hop", false);
        let many = "a,".repeat(MOST_LISTED - 1);
        check(&format!("{many}b,c"), "b", true);
        check(&format!("{many}b,c"), "c", false);
        check("Upgrade", "upgrade", false);
        check("Upgrade", "connection", true);
    }
}
