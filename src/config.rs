//! The gateway's settings: every variable is read once per isolate, into types that need no second
//! check.
//!
//! 1. All faults are found at once, each naming its variable and the cure, never the value.
//! 2. With a fault there is no [`Config`], and without one nothing is served: a gate that isn't
//!    sure of its orders stays shut.

mod cookie;
mod fault;
mod list;
mod password;
mod reader;

use url::Url;

use cookie::{flow_same_site, session_cookie};
pub use fault::{Fault, Problem};
use password::passwords;
pub use reader::Environment;
use reader::{Reader, web_url};

use crate::access::PathRules;
use crate::flow::FlowCookie;
use crate::framework::Framework;
use crate::hosts::{HostPattern, Hosts};
use crate::identity::{Forwarding, IdentityHeaders};
use crate::log::LogLevel;
use crate::matcher::Pattern;
use crate::passing::PassingCookies;
use crate::request::is_loopback;
use crate::return_path::ReturnPath;
use crate::route::RoutePaths;
use crate::seal::Keyring;
use crate::session_cookie::SessionCookie;
use crate::token::TokenRules;
use crate::workos::{Api, ApiKey};

/// The gateway's settings.
#[derive(Debug)]
pub struct Config {
    /// Where WorkOS is and who we are to it.
    pub api: Api,
    /// Which hosts are served, and where sign-ins come back to.
    pub hosts: Hosts,
    /// The paths the gateway answers itself.
    pub routes: RoutePaths,
    /// What seals cookies.
    pub keyring: Keyring,
    /// How the session's cookie is set.
    pub session_cookie: SessionCookie,
    /// How the cookies of sign-ins under way are set.
    pub flow_cookie: FlowCookie,
    /// How the cookies that serve one purpose for a short while are set.
    pub passing_cookies: PassingCookies,
    /// What an access token must match.
    pub token_rules: TokenRules,
    /// `MATCHER`, `UNAUTHENTICATED_PATHS` and `RULES`.
    pub path_rules: PathRules,
    /// `API_PATHS`: paths on which nobody is led anywhere.
    pub api_paths: Vec<Pattern>,
    /// `CORS_ORIGINS`: whose scripts may read why they were turned away.
    pub cors_origins: Vec<String>,
    /// `FRAMEWORK`: what the site's framework makes of a path.
    pub framework: Option<Framework>,
    /// `ACCEPT_BEARER`: an access token in `Authorization` counts.
    pub accept_bearer: bool,
    /// `MIDDLEWARE_AUTH`.
    pub enforcement: Enforcement,
    /// `SIGN_UP_PATHS`: where a visitor is sent to sign up.
    pub sign_up_paths: Vec<Pattern>,
    /// `ORIGIN` or a binding.
    pub origin: Origin,
    /// `IDENTITY_HEADERS`: how the origin is told who is signed in.
    pub identity: IdentityHeaders,
    /// `IMPERSONATION`: what may be done in another's name.
    pub impersonation: Impersonation,
    /// What the origin is given beyond the identity headers.
    pub forwarding: Forwarding,
    /// `AUTHKIT_NEXTJS`: the origin gets what authkit-nextjs' middleware would add.
    pub authkit_nextjs: bool,
    /// `ACCESS_TOKEN_ENDPOINT`: the front end may have the access token.
    pub access_token_endpoint: bool,
    /// `RETURN_PATHNAME`: where a sign-in ends that began nowhere.
    pub return_pathname: ReturnPath,
    /// `LOGOUT_RETURN_TO`: where a sign-out may end; the first is the default.
    pub logout_return_to: Vec<String>,
    /// `REFRESH_BUFFER_SECONDS`: how long before a token runs out a new one is asked for.
    pub refresh_buffer: Option<u64>,
    /// Whether `REFRESH_COORDINATOR` is bound.
    pub has_coordinator: bool,
    /// `LOG_LEVEL`.
    pub log_level: LogLevel,
}

/// Who turns visitors away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Enforcement {
    /// The origin does, page by page.
    Page,
    /// The gateway does, by path.
    Path,
}

/// What whoever impersonates a user may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Impersonation {
    /// What the user may.
    Allow,
    /// Look, and change nothing.
    ReadOnly,
}

/// What stands behind the gateway.
#[derive(Debug, Eq, PartialEq)]
pub enum Origin {
    /// The assets binding `ASSETS`.
    Assets,
    /// Whatever answers the request's own URL: the gateway runs on a Route of the site's zone.
    SameUrl,
    /// The service binding `ORIGIN`.
    Service,
    /// A site elsewhere.
    Url(Url),
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn read(environment: &dyn Environment) -> Result<Config, Vec<Fault>> {
        let mut reader = Reader::new(environment);
        let api = api(&mut reader);
        let passwords = passwords(&mut reader);
        let redirect_uri = redirect_uri(&mut reader);
        let allowed_hosts = reader.parsed_list(
            "ALLOWED_HOSTS",
            "host names, like app.example.com or *.preview.example.com",
            HostPattern::parse,
        );
        let session_cookie = session_cookie(&mut reader, redirect_uri.as_ref(), passwords.as_ref());
        let routes = routes(&mut reader, redirect_uri.as_ref());
        let path_rules = PathRules {
            matcher: reader.patterns("MATCHER"),
            unauthenticated: reader.patterns("UNAUTHENTICATED_PATHS"),
            rules: reader.rules("RULES"),
        };
        let api_paths = reader.patterns("API_PATHS");
        let cors_origins = reader.parsed_list(
            "CORS_ORIGINS",
            "origins, like https://app.example.com, without a path",
            |text| {
                let origin = web_url(text)?.origin().ascii_serialization();
                (origin == text).then_some(origin)
            },
        );
        let framework = reader.parsed("FRAMEWORK", None, "nextjs or react-router", |text| {
            Framework::parse(text).map(Some)
        });
        let accept_bearer = reader.boolean("ACCEPT_BEARER", false);
        let enforcement = match reader.boolean("MIDDLEWARE_AUTH", true) {
            true => Enforcement::Path,
            false => Enforcement::Page,
        };
        let sign_up_paths = reader.patterns("SIGN_UP_PATHS");
        let origin = origin(&mut reader, redirect_uri.as_ref());
        let forwarding = Forwarding {
            access_token: reader.boolean("FORWARD_ACCESS_TOKEN", false),
            session_cookie: reader.boolean("FORWARD_SESSION_COOKIE", false),
            user: reader.boolean("FORWARD_USER", false),
        };
        let identity = identity(&mut reader);
        let impersonation = reader.parsed(
            "IMPERSONATION",
            Impersonation::Allow,
            "allow or read-only",
            |text| match text {
                "allow" => Some(Impersonation::Allow),
                "read-only" => Some(Impersonation::ReadOnly),
                _ => None,
            },
        );
        let authkit_nextjs = reader.boolean("AUTHKIT_NEXTJS", false);
        let access_token_endpoint = reader.boolean("ACCESS_TOKEN_ENDPOINT", false);
        let return_pathname = reader.parsed(
            "RETURN_PATHNAME",
            ReturnPath::root(),
            "a path on the site, like /dashboard, and none of the gateway's own",
            |text| ReturnPath::parse(text).filter(|path| !routes.are_reached_by(path)),
        );
        let logout_return_to = reader.parsed_list(
            "LOGOUT_RETURN_TO",
            "absolute URLs, like https://www.example.com/, as registered in the WorkOS dashboard",
            |text| {
                let url = web_url(text)?;
                // WorkOS knows it as it was registered, which may be without a path.
                let is_bare = url.as_str().strip_suffix('/') == Some(text);
                Some(if is_bare { text.to_owned() } else { url.into() })
            },
        );
        let refresh_buffer = reader.parsed(
            "REFRESH_BUFFER_SECONDS",
            None,
            "a number of seconds from 0 (never ahead of time) to 3600",
            |text| {
                text.parse()
                    .ok()
                    .filter(|seconds| *seconds <= 3600)
                    .map(Some)
            },
        );
        let has_coordinator = reader.has_binding("REFRESH_COORDINATOR");
        let log_level = reader.parsed(
            "LOG_LEVEL",
            LogLevel::Info,
            "one of debug, info, warn, error, off",
            LogLevel::parse,
        );
        let issuers = reader.list("WORKOS_ISSUER");
        let (Some(api), Some(passwords), Some(redirect_uri), true) =
            (api, passwords, redirect_uri, reader.faults.is_empty())
        else {
            return Err(reader.faults);
        };
        let (secure, same_site) = (
            session_cookie.secure,
            flow_same_site(session_cookie.same_site),
        );
        Ok(Config {
            flow_cookie: FlowCookie { secure, same_site },
            passing_cookies: PassingCookies { secure, same_site },
            hosts: Hosts::new(redirect_uri, allowed_hosts),
            token_rules: TokenRules {
                issuers: if issuers.is_empty() {
                    default_issuers(&api)
                } else {
                    issuers
                },
                client_id: api.client_id.clone(),
            },
            api,
            routes,
            keyring: Keyring::new(&passwords.current, passwords.previous.as_deref()),
            session_cookie,
            path_rules,
            api_paths,
            cors_origins,
            framework,
            accept_bearer,
            enforcement,
            sign_up_paths,
            origin,
            identity,
            impersonation,
            forwarding,
            authkit_nextjs,
            access_token_endpoint,
            return_pathname,
            logout_return_to,
            refresh_buffer,
            has_coordinator,
            log_level,
        })
    }

    /// Returns whether a cookie of this name is the gateway's own.
    pub fn is_own_cookie(&self, name: &str) -> bool {
        self.session_cookie.is_ours(name) || self.passing_cookies.is_ours(name)
    }
}

/// Returns whether the WorkOS that is configured runs on this very machine, so that the visitor is
/// the developer.
pub fn is_development(environment: &dyn Environment) -> bool {
    let hostname = environment.variable("WORKOS_API_HOSTNAME");
    hostname.is_some_and(|hostname| is_loopback(hostname.trim()))
}

fn api(reader: &mut Reader<'_>) -> Option<Api> {
    let client_id = reader.required(
        "WORKOS_CLIENT_ID",
        "copy the client ID, client_…, from the WorkOS dashboard into wrangler.toml",
    );
    let api_key = reader.required(
        "WORKOS_API_KEY",
        "copy the secret key, sk_…, from the WorkOS dashboard: `wrangler secret put \
         WORKOS_API_KEY`, or .dev.vars on your machine",
    );
    let scheme = if reader.boolean("WORKOS_API_HTTPS", true) {
        "https"
    } else {
        "http"
    };
    let hostname = reader.optional("WORKOS_API_HOSTNAME");
    let hostname = hostname.as_deref().unwrap_or("api.workos.com");
    let port = reader
        .optional("WORKOS_API_PORT")
        .map(|port| format!(":{port}"));
    let base = format!("{scheme}://{hostname}{}/", port.unwrap_or_default());
    let base = web_url(&base).filter(|url| url.path() == "/" && url.query().is_none());
    if base.is_none() {
        reader.fault(
            "WORKOS_API_HOSTNAME",
            Problem::Expected("a host name, like api.workos.com, and WORKOS_API_PORT a number"),
        );
    }
    if base.as_ref().is_some_and(is_insecure) {
        reader.fault(
            "WORKOS_API_HTTPS",
            Problem::Expected("true: secrets travel to that host"),
        );
    }
    Some(Api {
        base: base?,
        client_id: client_id?,
        api_key: ApiKey::new(api_key?),
    })
}

fn is_insecure(url: &Url) -> bool {
    url.scheme() == "http" && !url.host_str().is_some_and(is_loopback)
}

fn redirect_uri(reader: &mut Reader<'_>) -> Option<Url> {
    let text = reader.aliased("WORKOS_REDIRECT_URI", "NEXT_PUBLIC_WORKOS_REDIRECT_URI");
    let Some(text) = text else {
        let cure = "set it to https://<your site>/callback, and register the same in the WorkOS \
                    dashboard under Redirects";
        reader.fault("WORKOS_REDIRECT_URI", Problem::Missing(cure));
        return None;
    };
    let uri = web_url(&text)
        .filter(|uri| !is_insecure(uri) && uri.query().is_none())
        .filter(|uri| uri.path() != "/");
    if uri.is_none() {
        reader.fault(
            "WORKOS_REDIRECT_URI",
            Problem::Expected(
                "an absolute https URL with a path of its own, like \
                 https://app.example.com/callback (http on localhost alone)",
            ),
        );
    }
    uri
}

fn routes(reader: &mut Reader<'_>, redirect_uri: Option<&Url>) -> RoutePaths {
    let mut path = |name, default: &str| {
        let expected = "a plain path, like /auth/login";
        reader.parsed(name, default.to_owned(), expected, |text| {
            RoutePaths::is_plain(text).then(|| text.to_owned())
        })
    };
    let routes = RoutePaths {
        sign_in: path("LOGIN_PATH", "/login"),
        sign_up: path("SIGNUP_PATH", "/signup"),
        sign_out: path("LOGOUT_PATH", "/logout"),
        session_info: path("SESSION_PATH", "/auth/session"),
        callback: redirect_uri.map_or("/callback", Url::path).to_owned(),
    };
    if let Some((variable, with)) = routes.collision() {
        reader.fault(variable, Problem::Collides { with });
    }
    routes
}

fn origin(reader: &mut Reader<'_>, redirect_uri: Option<&Url>) -> Origin {
    if reader.has_binding("ORIGIN") {
        return Origin::Service;
    }
    match reader.optional("ORIGIN") {
        Some(text) => match web_url(&text).filter(is_base) {
            // Requests would come back here, without end.
            Some(url) if redirect_uri.is_some_and(|own| own.origin() == url.origin()) => {
                let expected = "another address than WORKOS_REDIRECT_URI's; leave it out where the \
                                site is behind that very name";
                reader.fault("ORIGIN", Problem::Expected(expected));
                Origin::SameUrl
            }
            Some(url) => Origin::Url(url),
            None => {
                let expected =
                    "the base URL of your site's server, like https://origin.example.com";
                reader.fault("ORIGIN", Problem::Expected(expected));
                Origin::SameUrl
            }
        },
        None if reader.has_binding("ASSETS") => Origin::Assets,
        None => Origin::SameUrl,
    }
}

fn identity(reader: &mut Reader<'_>) -> IdentityHeaders {
    let entries = reader.list("IDENTITY_HEADERS");
    IdentityHeaders::parse(&entries).unwrap_or_else(|| {
        let expected = "a list of presets, authkit or forwarded, and of facts with the header each \
                        is told in, like email=Remote-User";
        reader.fault("IDENTITY_HEADERS", Problem::Expected(expected));
        IdentityHeaders::default()
    })
}

fn is_base(url: &Url) -> bool {
    url.path() == "/" && url.query().is_none()
}

fn default_issuers(api: &Api) -> Vec<String> {
    let own = api.base.as_str().trim_end_matches('/');
    let mut issuers: Vec<String> = [own, "https://api.workos.com"]
        .into_iter()
        .flat_map(|base| {
            let client = format!("{base}/user_management/{}", api.client_id);
            [base.to_owned(), format!("{base}/"), client]
        })
        .collect();
    issuers.dedup();
    issuers
}
