//! Decides which part of the gateway a request meets.
//!
//! 1. The gateway's own paths are exact: no other spelling of one is one, and none reaches the
//!    origin.
//! 2. Everything else is the site's, judged by the path rules on every view of its path.

use crate::access::{Access, are_met_by};
use crate::config::Config;
use crate::framework::Framework;
use crate::path::{MalformedPath, PathViews};
use crate::request::RequestHead;
use crate::return_path::ReturnPath;
use crate::rule::Condition;

/// Where a request goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Route {
    /// The front end's access token.
    AccessToken,
    /// WorkOS sends the visitor back.
    Callback,
    /// The front-end module.
    Client,
    /// Is the gateway alive and configured?
    Health,
    /// Refreshes the session.
    Refresh,
    /// Who am I?
    SessionInfo,
    /// Begins a sign-in.
    SignIn,
    /// Ends the session.
    SignOut,
    /// Begins a sign-up.
    SignUp,
    /// The site behind the gateway.
    Site(Access),
    /// Leads the session into another organization.
    SwitchOrganization,
}

/// What a request meets, and on which terms.
#[derive(Debug)]
pub struct Judged<'c> {
    /// The part of the gateway.
    pub route: Route,
    /// What the rules ask of the visitor; `None` where no rule covers the request.
    pub conditions: Option<Vec<&'c Condition>>,
    /// Whether nobody is led anywhere from here.
    pub is_api: bool,
}

impl<'c> Judged<'c> {
    /// Judges a request.
    ///
    /// # Errors
    /// The path can be read in more than one way, or in none.
    pub fn of(head: &RequestHead<'_>, config: &'c Config) -> Result<Judged<'c>, MalformedPath> {
        let path = head.url.path();
        if let Some(route) = config.routes.own(path) {
            return Ok(Judged {
                route,
                conditions: None,
                is_api: false,
            });
        }
        let sent = PathViews::of(head.raw_path, path)?;
        let read = match config.framework {
            Some(framework) => Some(as_framework_reads(framework, &sent)?),
            None => None,
        };
        let views = read.as_ref().unwrap_or(&sent);
        let judgement = config.path_rules.judge(views, &sent, head.method);
        let is_api = |views| are_met_by(&config.api_paths, views);
        Ok(Judged {
            route: Route::Site(judgement.access),
            conditions: judgement.conditions,
            is_api: is_api(views) || is_api(&sent),
        })
    }
}

/// A page's data is judged as the page; whatever else could be read as data, or as a translation, is
/// judged as that, too.
fn as_framework_reads(framework: Framework, sent: &PathViews) -> Result<PathViews, MalformedPath> {
    let views = match framework.page(sent.canonical()) {
        Some(page) => PathViews::of(&page, &page)?,
        None => sent.clone(),
    };
    let others = views.iter().chain(sent.iter()).flat_map(|view| {
        let page = framework.page(view.text);
        let plain = framework.untranslated(page.as_deref().unwrap_or(view.text));
        [page, plain].into_iter().flatten()
    });
    let others: Result<Vec<PathViews>, _> =
        others.map(|other| PathViews::of(&other, &other)).collect();
    let others = others?;
    views.with(&others)
}

/// The paths the gateway answers itself.
#[derive(Debug)]
pub struct RoutePaths {
    /// `LOGIN_PATH`.
    pub sign_in: String,
    /// `SIGNUP_PATH`.
    pub sign_up: String,
    /// `LOGOUT_PATH`.
    pub sign_out: String,
    /// `SESSION_PATH`.
    pub session_info: String,
    /// The path of `WORKOS_REDIRECT_URI`.
    pub callback: String,
}

impl RoutePaths {
    /// Returns the gateway's route on `path`, if it has one there.
    pub fn own(&self, path: &str) -> Option<Route> {
        let found = self.table().into_iter().find(|(own, _, _)| *own == path);
        found.map(|(_, _, route)| route)
    }

    /// Returns whether going back to `path` would lead to one of them: a sign-in that ends where it
    /// began would never end.
    pub fn are_reached_by(&self, path: &ReturnPath) -> bool {
        self.table().iter().any(|(own, _, _)| path.leads_to(own))
    }

    /// Returns two settings that claim the same path.
    pub fn collision(&self) -> Option<(&'static str, &'static str)> {
        let table = self.table();
        table
            .iter()
            .enumerate()
            .find_map(|(index, (path, variable, _))| {
                let earlier = table
                    .iter()
                    .take(index)
                    .find(|(other, _, _)| other == path)?;
                Some((*variable, earlier.1))
            })
    }

    /// Returns whether a path is spelled as the URL standard would spell it, so that a request for
    /// it is recognized.
    pub fn is_plain(path: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
        path.starts_with('/')
            && path.len() > 1
            && path.bytes().all(plain)
            && path
                .split('/')
                .skip(1)
                .all(|segment| !matches!(segment, "" | "." | ".."))
    }

    fn table(&self) -> [(&str, &'static str, Route); 10] {
        [
            ("/auth/client.js", "/auth/client.js", Route::Client),
            ("/auth/health", "/auth/health", Route::Health),
            ("/auth/refresh", "/auth/refresh", Route::Refresh),
            (
                "/auth/switch-organization",
                "/auth/switch-organization",
                Route::SwitchOrganization,
            ),
            ("/auth/token", "/auth/token", Route::AccessToken),
            (&self.callback, "WORKOS_REDIRECT_URI", Route::Callback),
            (&self.sign_in, "LOGIN_PATH", Route::SignIn),
            (&self.sign_up, "SIGNUP_PATH", Route::SignUp),
            (&self.sign_out, "LOGOUT_PATH", Route::SignOut),
            (&self.session_info, "SESSION_PATH", Route::SessionInfo),
        ]
    }
}

impl Route {
    /// Returns the route's name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Route::AccessToken => "token",
            Route::Client => "client",
            Route::Refresh => "refresh",
            Route::SwitchOrganization => "switch-organization",
            Route::Callback => "callback",
            Route::Health => "health",
            Route::SessionInfo => "session",
            Route::SignIn => "sign-in",
            Route::SignOut => "sign-out",
            Route::SignUp => "sign-up",
            Route::Site(Access::Unmatched) => "unmatched",
            Route::Site(Access::Public) => "public",
            Route::Site(Access::Protected) => "protected",
        }
    }
}
