//! What browsers ask for.

use super::plan::pick;
use crate::support::Ask;

/// A kind of request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// The end of a sign-in.
    Callback,
    /// A script wants data.
    Data,
    /// A person sends a form.
    Form,
    /// A page that is protected.
    Page,
    /// A page nobody may ever look at.
    Prefetch,
    /// A page for everybody.
    Public,
    /// A script wants new tokens, whether the old ones have run out or not.
    Renewal,
    /// A script wants to know who is signed in.
    Session,
    SignIn,
    /// With the way to WorkOS that ends the session there too.
    SignOut,
    /// A sign-out whose client doesn't go on to WorkOS.
    SignOutHere,
    /// A WebSocket.
    Socket,
}

const KINDS: [Kind; 13] = [
    Kind::Page,
    Kind::Data,
    Kind::Page,
    Kind::Data,
    Kind::Form,
    Kind::Public,
    Kind::Session,
    Kind::Prefetch,
    Kind::Data,
    Kind::Renewal,
    Kind::Page,
    Kind::Data,
    Kind::Socket,
];

impl Kind {
    pub(super) fn of(number: u16) -> Kind {
        pick(number, &KINDS)
    }

    /// Returns the request, without cookies. A callback has a URL of its own.
    pub(super) fn ask(self) -> Ask {
        match self {
            Kind::Callback => Ask::navigation("/callback"),
            Kind::Data => Ask::script("/data"),
            Kind::Form => Ask::form("/save"),
            Kind::Page => Ask::navigation("/deep"),
            Kind::Prefetch => Ask::prefetch("/deep"),
            Kind::Public => Ask::navigation("/open"),
            Kind::Renewal => Ask::script("/auth/refresh").method("POST"),
            Kind::Session => Ask::script("/auth/session"),
            Kind::SignIn => Ask::navigation("/login?return_to=/deep"),
            Kind::SignOut | Kind::SignOutHere => Ask::form("/logout"),
            Kind::Socket => Ask::script("/socket")
                .with("upgrade", "websocket")
                .with("sec-fetch-mode", "websocket"),
        }
    }

    /// Returns for how long the client may be kept waiting for WorkOS, in milliseconds.
    pub(super) fn patience(self) -> u64 {
        match self {
            Kind::Public | Kind::SignIn => 2_000,
            Kind::Data | Kind::Renewal => 8_000,
            // Whose token is good waits for the next one for another attempt's time.
            Kind::Session | Kind::Socket => 13_000,
            Kind::Form | Kind::Page | Kind::Prefetch => 20_000,
            // Whose code is refused may be signed in already.
            Kind::Callback => 12_000,
            Kind::SignOut | Kind::SignOutHere => 2_000,
        }
    }

    pub(super) fn is_sign_out(self) -> bool {
        matches!(self, Kind::SignOut | Kind::SignOutHere)
    }

    /// Returns whether all that matters is who is signed in.
    pub(super) fn looks_at_session(self) -> bool {
        matches!(
            self,
            Kind::Data
                | Kind::Form
                | Kind::Page
                | Kind::Prefetch
                | Kind::Public
                | Kind::Session
                | Kind::Socket
        )
    }
}
