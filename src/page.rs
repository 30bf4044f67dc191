//! The few pages the gateway shows, and the JSON a program gets in their place.
//!
//! 1. Every text is escaped; nothing of a request is repeated but the path to return to.
//! 2. No external assets, no scripts; other sites can't frame them.
//! 3. Each says what happened, what can be done, and the request's id.

use std::fmt::Write;

use serde::Serialize;

use crate::decision::{Answer, Body};
use crate::json;
use crate::outside::spread;
use crate::request::RequestHead;

/// What a visitor is told.
#[derive(Debug)]
pub struct Message {
    /// The HTTP status.
    pub status: u16,
    /// The error's name, for programs.
    pub code: &'static str,
    /// The page's heading.
    pub title: &'static str,
    /// What happened and what can be done.
    pub text: &'static str,
    /// Further lines, as a list.
    pub details: Vec<String>,
    /// The ways on; the first is the main one.
    pub actions: Vec<Action>,
    /// Seconds after which it is worth trying again.
    pub retry_after: Option<u64>,
    /// Where a program's user may sign in.
    pub sign_in_url: Option<String>,
    /// The conditions that aren't met, as they stand in `RULES`, for programs.
    pub missing: Vec<String>,
}

/// A way on.
#[derive(Debug)]
pub enum Action {
    /// A link.
    Link {
        /// Its text.
        label: &'static str,
        /// Where it goes.
        href: String,
    },
    /// A button that posts a form without fields.
    Post {
        /// Its text.
        label: String,
        /// Where it posts to.
        action: String,
    },
}

impl Message {
    /// Returns a message with a way home and nothing else.
    pub fn new(status: u16, code: &'static str, title: &'static str, text: &'static str) -> Self {
        Message {
            status,
            code,
            title,
            text,
            details: Vec::new(),
            actions: vec![Action::Link {
                label: "Go home",
                href: "/".to_owned(),
            }],
            retry_after: None,
            sign_in_url: None,
            missing: Vec::new(),
        }
    }

    /// Returns the message that it can't be found out now who the visitor is.
    pub fn unavailable() -> Message {
        Message::new(
            503,
            "temporarily_unavailable",
            "Just a moment",
            "We can't check your sign-in right now. You are not signed out; please try again in a \
             moment.",
        )
    }

    /// Returns the message that the gateway has no settings it can work with.
    pub fn not_configured(details: Vec<String>) -> Message {
        let text = match details.is_empty() {
            true => {
                "Nothing is served until its settings are right. The log lists what is wrong with \
                 them."
            }
            false => "Nothing is served until its settings are right:",
        };
        let title = "The gateway is not configured";
        Message {
            actions: Vec::new(),
            details,
            ..Message::new(500, "not_configured", title, text)
        }
    }

    /// Returns the message that the site behind the gateway doesn't answer.
    pub fn origin_down(head: &RequestHead<'_>) -> Message {
        let message = Message::new(
            502,
            "origin_unreachable",
            "This site can't be reached",
            "The server behind this page doesn't answer. Please try again in a moment.",
        );
        message.or_again(head)
    }

    /// Returns the message with a link to the same page as its main way on, where asking for it does
    /// nothing else.
    pub fn or_again(self, head: &RequestHead<'_>) -> Message {
        if !head.is_read() {
            return self;
        }
        self.first(Action::Link {
            label: "Try again",
            href: head.return_path().as_str().to_owned(),
        })
    }

    /// Returns the message with another main way on.
    pub fn first(mut self, action: Action) -> Message {
        self.actions.insert(0, action);
        self
    }

    /// Returns the answer: a page for people, JSON for programs.
    pub fn answer(mut self, head: &RequestHead<'_>) -> Answer {
        // Browsers that are told the same moment would all come back at once.
        let later = |seconds: u64| seconds.saturating_add(spread(head.id, seconds >> 1));
        self.retry_after = self.retry_after.map(later);
        let html = head.prefers_html();
        let body = match html {
            true => Body::Html(self.html(head)),
            false => Body::Json(self.json(head.id)),
        };
        let mut fields = vec![("x-authkit-gateway", "intercepted".to_owned())];
        fields.extend(
            self.retry_after
                .map(|seconds| ("retry-after", seconds.to_string())),
        );
        if html {
            fields.extend(page_fields(self.has_form()));
        }
        Answer {
            status: self.status,
            body,
            fields,
            cookies: Vec::new(),
        }
    }

    fn has_form(&self) -> bool {
        self.actions
            .iter()
            .any(|action| matches!(action, Action::Post { .. }))
    }

    fn json(&self, request_id: &str) -> String {
        json::written(&Told {
            error: self.code,
            message: format!("{}. {}", self.title, self.text),
            request_id,
            details: &self.details,
            missing: &self.missing,
            sign_in_url: self.sign_in_url.as_deref(),
        })
    }

    fn html(&self, head: &RequestHead<'_>) -> String {
        let mut main = format!(
            "<h1>{}</h1>\n<p>{}</p>\n",
            escaped(self.title),
            escaped(self.text)
        );
        if !self.details.is_empty() {
            let items = self
                .details
                .iter()
                .map(|line| format!("<li>{}</li>\n", marked(line)));
            let _ = writeln!(main, "<ul>\n{}</ul>", items.collect::<String>());
        }
        let actions = self.actions.iter().enumerate();
        let actions = actions
            .map(|(index, action)| action.html(index == 0))
            .collect::<String>();
        if !actions.is_empty() {
            let _ = writeln!(main, "<div class=\"actions\">{actions}</div>");
        }
        let _ = writeln!(
            main,
            "<p class=\"id\">Request <code>{}</code></p>",
            escaped(head.id)
        );
        // The answer to a POST would be loaded again as a GET.
        let refresh_after = self.retry_after.filter(|_| head.is_read());
        document(self.title, refresh_after, &main)
    }
}

/// What a program is told.
#[derive(Serialize)]
struct Told<'a> {
    error: &'static str,
    message: String,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    details: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    missing: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in_url: Option<&'a str>,
}

impl Action {
    fn html(&self, main: bool) -> String {
        let class = if main { "button main" } else { "button" };
        match self {
            Action::Link { label, href } => {
                format!(
                    "<a class=\"{class}\" href=\"{}\">{}</a>",
                    escaped(href),
                    escaped(label)
                )
            }
            Action::Post { label, action } => format!(
                "<form method=\"post\" action=\"{}\"><button class=\"{class}\">{}</button></form>",
                escaped(action),
                escaped(label)
            ),
        }
    }
}

/// Returns a page of this very site that goes on to `href`: a browser sends a `SameSite=Strict`
/// cookie there, which it wouldn't after a redirect that another site began.
pub fn interstitial(href: &str) -> Answer {
    let href = escaped(href);
    let main = format!(
        "<h1>You are signed in</h1>\n<p>Taking you to your page…</p>\n\
         <div class=\"actions\"><a class=\"button main\" href=\"{href}\">Continue</a></div>\n"
    );
    let refresh = format!("<meta http-equiv=\"refresh\" content=\"0;url={href}\">\n</head>");
    let html = document("You are signed in", None, &main).replacen("</head>", &refresh, 1);
    let fields = page_fields(false);
    Answer {
        status: 200,
        body: Body::Html(html),
        fields,
        cookies: Vec::new(),
    }
}

fn page_fields(has_form: bool) -> Vec<(&'static str, String)> {
    // A form of a page that sends no referrer posts `Origin: null`.
    let referrer = if has_form {
        "same-origin"
    } else {
        "no-referrer"
    };
    vec![
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
             frame-ancestors 'none'"
                .to_owned(),
        ),
        ("referrer-policy", referrer.to_owned()),
        ("x-frame-options", "DENY".to_owned()),
    ]
}

fn document(title: &str, refresh_after: Option<u64>, main: &str) -> String {
    let refresh = refresh_after
        .map(|seconds| format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">\n"))
        .unwrap_or_default();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n{refresh}<title>{}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n{MARK}\n{main}</main>\n</body>\n</html>\n",
        escaped(title)
    )
}

/// Escapes a line, what stands between backticks becoming code.
fn marked(line: &str) -> String {
    let parts = line.split('`').enumerate();
    parts.fold(String::new(), |mut html, (index, part)| {
        let part = escaped(part);
        let _ = match index % 2 {
            0 => write!(html, "{part}"),
            _ => write!(html, "<code>{part}</code>"),
        };
        html
    })
}

fn escaped(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut html, letter| {
            match letter {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                _ => html.push(letter),
            }
            html
        })
}

const MARK: &str = "<svg class=\"mark\" viewBox=\"0 0 32 32\" width=\"40\" height=\"40\" \
    aria-hidden=\"true\"><path fill=\"currentColor\" d=\"M16 2 5 6v9c0 7 4.6 12.6 11 15 6.4-2.4 \
    11-8 11-15V6L16 2Zm0 8a4 4 0 0 1 2 7.46V22h-4v-4.54A4 4 0 0 1 16 10Z\"/></svg>";

const STYLE: &str = "
:root{color-scheme:light dark;--back:#f4f5f7;--card:#fff;--text:#1c2024;--soft:#5b6470;\
--line:#cfd5dc;--accent:#5b5bd6;--on-accent:#fff}
@media(prefers-color-scheme:dark){:root{--back:#111214;--card:#1a1c1f;--text:#edeef0;--soft:#a5adb8;\
--line:#3a3f47;--accent:#a5a5ff;--on-accent:#14143a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--back);\
color:var(--text);font:1rem/1.6 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
main{width:100%;max-width:30rem;padding:2.25rem;background:var(--card);border:1px solid var(--line);\
border-radius:1rem;box-shadow:0 1px 2px rgb(0 0 0/.04),0 12px 32px rgb(0 0 0/.06)}
.mark{color:var(--accent);display:block;margin-bottom:1.25rem}
h1{margin:0 0 .5rem;font-size:1.375rem;line-height:1.3;letter-spacing:-.01em}
p{margin:0 0 1rem}
ul{margin:0 0 1rem;padding-left:1.25rem;overflow-wrap:anywhere}
li{margin-bottom:.5rem}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0}
form{margin:0}
.button{display:inline-block;padding:.6rem 1.1rem;border:1px solid var(--line);border-radius:.6rem;\
background:transparent;color:inherit;font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.button:hover{border-color:var(--soft)}
.button.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.button.main:hover{filter:brightness(1.08)}
.button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.id{margin:0;color:var(--soft);font-size:.8125rem}
code{font-family:ui-monospace,'SF Mono',Menlo,Consolas,monospace}
";

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::scripted::{Header, head};

    fn message() -> Message {
        Message {
            details: vec!["<b>\"x\"</b> & 'y'".to_owned()],
            retry_after: Some(5),
            ..Message::unavailable()
        }
        .first(Action::Link {
            label: "Try again",
            href: "/a?\"><script>".to_owned(),
        })
    }

    fn answered(accept: &str) -> Answer {
        let header = [("accept", accept)];
        message().answer(&head("https://app.example.com/", &Header(&header)))
    }

    #[test]
    fn people_get_a_page_in_which_everything_is_escaped() {
        let answer = answered("text/html");
        let Body::Html(html) = answer.body else {
            panic!("a page");
        };
        assert!(html.contains("&lt;b&gt;&quot;x&quot;&lt;/b&gt; &amp; &#39;y&#39;"));
        assert!(html.contains("href=\"/a?&quot;&gt;&lt;script&gt;\""));
        assert!(!html.contains("<script"));
        assert!(html.contains("<code>0123456789abcdef</code>"));
        assert!(html.contains("http-equiv=\"refresh\" content=\"6\""));
    }

    #[test]
    fn programs_get_json() {
        let answer = answered("application/json");
        let Body::Json(json) = answer.body else {
            panic!("data");
        };
        let json: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["error"], "temporarily_unavailable");
        assert_eq!(json["request_id"], "0123456789abcdef");
        assert!(answer.fields.contains(&("retry-after", "6".to_owned())));
    }

    #[test]
    fn a_page_with_a_form_sends_its_origin() {
        let policy = |message: Message| {
            let header = [("accept", "text/html")];
            let answer = message.answer(&head("https://app.example.com/", &Header(&header)));
            let policy = answer
                .fields
                .into_iter()
                .find(|(name, _)| *name == "referrer-policy");
            policy.expect("a policy").1
        };
        let form = Action::Post {
            label: "Sign out".to_owned(),
            action: "/logout".to_owned(),
        };
        assert_eq!(policy(Message::unavailable().first(form)), "same-origin");
        assert_eq!(policy(Message::unavailable()), "no-referrer");
    }
}
