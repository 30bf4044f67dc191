//! The order of things: what is asked of a request, one question after the other.
//!
//! Everything that waits is here or in the two routes that talk to WorkOS; below it, values go in
//! and values come out.

use crate::access::Access;
use crate::asked::Asked;
use crate::breaker::Breaker;
use crate::config::{Config, Origin};
use crate::cors;
use crate::decision::{Note, Outcome, Told};
use crate::exchange::Patience;
use crate::identity::HOP;
use crate::keys::Keys;
use crate::log::LogLevel;
use crate::outside::Outside;
use crate::page::Message;
use crate::refresh::Refreshes;
use crate::request::RequestHead;
use crate::route::{Judged, Route};
use crate::routes::site::Terms;
use crate::routes::{
    access_token, callback, client, health, renewal, session_info, sign_in, sign_out, site,
};
use crate::token::AccessToken;
use crate::visitor::{Recent, Recognized};

/// The gateway of one isolate: its settings, and what it remembers to be quick. Nothing is wrong
/// if it forgets.
pub struct Gateway {
    /// The settings.
    pub config: Config,
    pub(crate) breaker: Breaker,
    pub(crate) keys: Keys,
    pub(crate) recent: Recent,
    pub(crate) refreshes: Refreshes,
}

impl Gateway {
    /// Returns a gateway that remembers nothing yet.
    pub fn new(config: Config) -> Gateway {
        Gateway {
            config,
            breaker: Breaker::default(),
            keys: Keys::default(),
            recent: Recent::default(),
            refreshes: Refreshes::default(),
        }
    }

    /// Decides what is to be done with a request.
    pub async fn decide(&self, head: &RequestHead<'_>, outside: &impl Outside) -> Outcome {
        let Some(home) = self.config.hosts.home(head.url) else {
            return host_not_served(head);
        };
        if self.config.origin == Origin::SameUrl && head.field(HOP).is_some() {
            return going_in_circles(head);
        }
        let judged = match Judged::of(head, &self.config) {
            Ok(judged) => judged,
            Err(malformed) => return bad_request(head, malformed.to_string()),
        };
        let head = &self.addressed_as(head, &judged);
        let asked = Asked {
            config: &self.config,
            home: &home,
            head,
        };
        let name = judged.route.name();
        let mut outcome = self.meet(judged, asked, outside).await;
        outcome.note.route = name;
        outcome
    }

    /// Decides what a visitor gets for whom the origin wants somebody signed in, having been `told`
    /// what it was. `None` where it wasn't told anything: then its own answer stands.
    pub fn ensure_signed_in(
        &self,
        told: Told,
        head: &RequestHead<'_>,
        outside: &impl Outside,
    ) -> Option<Outcome> {
        let home = self
            .config
            .hosts
            .home(head.url)
            .filter(|_| told != Told::Nothing)?;
        let judged = Judged::of(head, &self.config).ok()?;
        let head = &self.addressed_as(head, &judged);
        let asked = Asked {
            config: &self.config,
            home: &home,
            head,
        };
        let outcome = site::ensure_signed_in(told, asked, outside);
        Some(cors::readable(outcome, &self.config, head))
    }

    /// Returns the head of a request that may be from a program by its path, or by its credential.
    pub fn addressed<'h>(&self, head: &RequestHead<'h>) -> RequestHead<'h> {
        let judged = Judged::of(head, &self.config);
        judged.map_or(*head, |judged| self.addressed_as(head, &judged))
    }

    fn addressed_as<'h>(&self, head: &RequestHead<'h>, judged: &Judged<'_>) -> RequestHead<'h> {
        RequestHead {
            wants_data: judged.is_api || self.bearer(head).is_some(),
            ..*head
        }
    }

    fn bearer(&self, head: &RequestHead<'_>) -> Option<AccessToken> {
        let token = head.bearer().filter(|_| self.config.accept_bearer)?;
        Some(AccessToken::new(token))
    }

    async fn meet(&self, judged: Judged<'_>, asked: Asked<'_>, outside: &impl Outside) -> Outcome {
        let head = asked.head;
        match judged.route {
            Route::AccessToken => access_token::answer(self, asked, outside).await,
            Route::Callback => callback::answer(self, asked, outside).await,
            Route::Client => client::answer(&self.config, head),
            Route::Health => health::answer(),
            Route::Refresh => renewal::refresh(self, asked, outside).await,
            Route::SessionInfo => session_info::answer(self, head, outside).await,
            Route::SignIn | Route::SignUp => {
                sign_in::answer(judged.route, self, asked, outside).await
            }
            Route::SignOut => sign_out::answer(asked, outside).await,
            Route::SwitchOrganization => renewal::switch_organization(self, asked, outside).await,
            Route::Site(Access::Unmatched) => site::pass(),
            Route::Site(_) if head.is_preflight() => site::preflight(),
            Route::Site(access) => {
                let terms = Terms::new(access, judged.conditions, &self.config);
                let visitor = self.visitor(&terms, head, outside).await;
                let outcome = site::answer(&terms, visitor, asked, outside);
                cors::readable(outcome, &self.config, head)
            }
        }
    }

    async fn visitor(
        &self,
        terms: &Terms<'_>,
        head: &RequestHead<'_>,
        outside: &impl Outside,
    ) -> Recognized {
        let patience = match terms.guarded {
            false => Patience::Brief,
            true if head.is_navigation() => Patience::Person,
            true => Patience::Program,
        };
        if let Some(token) = self.bearer(head) {
            return self.recognize_bearer(token, patience, outside).await;
        }
        let visitor = self.recognize(head, patience, outside).await;
        // What is said over a WebSocket carries no cookies.
        match head.is_upgrade() {
            true => self.lasting(visitor, outside).await,
            false => visitor,
        }
    }
}

fn host_not_served(head: &RequestHead<'_>) -> Outcome {
    let message = Message {
        actions: Vec::new(),
        ..Message::new(
            421,
            "host_not_served",
            "This address isn't served here",
            "The site answers under another name. Check the link you followed.",
        )
    };
    Outcome::answer(
        message.answer(head),
        Note::new("host_not_served")
            .at(LogLevel::Warn)
            .detail("not the redirect URI's host, and not in ALLOWED_HOSTS"),
    )
}

fn going_in_circles(head: &RequestHead<'_>) -> Outcome {
    let message = Message {
        actions: Vec::new(),
        ..Message::new(
            508,
            "loop_detected",
            "This site leads back to itself",
            "The gateway asked the site for this page and got the gateway again. Its operator must \
             say where the site is: set ORIGIN, or run the gateway on a Route instead of a Custom \
             Domain.",
        )
    };
    Outcome::answer(
        message.answer(head),
        Note::new("loop_detected").at(LogLevel::Error),
    )
}

fn bad_request(head: &RequestHead<'_>, detail: String) -> Outcome {
    let message = Message::new(
        400,
        "bad_request",
        "This address can't be read",
        "It has characters in it that servers understand differently. Check the link you followed.",
    );
    Outcome::answer(
        message.answer(head),
        Note::new("malformed_path").detail(detail),
    )
}
