//! Serves the front-end module: `import { getSession } from '/auth/client.js'`.
//!
//! The module is the crate's own file, with the paths of this deployment in its first line, and
//! without the comments and the indentation it is written with.

use super::method_not_allowed;
use crate::config::Config;
use crate::decision::{Answer, Body, Note, Outcome};
use crate::log::LogLevel;
use crate::request::RequestHead;

const SOURCE: &str = include_str!("../client/client.js");

/// Returns the module.
pub(crate) fn answer(config: &Config, head: &RequestHead<'_>) -> Outcome {
    if !head.is_read() {
        return method_not_allowed("GET, HEAD", head);
    }
    let fields = vec![
        ("cache-control", "public, max-age=600".to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
    ];
    let body = Body::Script(module(config));
    let answer = Answer {
        status: 200,
        body,
        fields,
        cookies: Vec::new(),
    };
    Outcome::answer(answer, Note::new("client").at(LogLevel::Debug))
}

fn module(config: &Config) -> String {
    let routes = &config.routes;
    // The paths are plain: there is nothing in them to escape.
    let mut module = format!(
        "const paths = {{ signIn: '{}', signUp: '{}', signOut: '{}', session: '{}' }};\n",
        routes.sign_in, routes.sign_up, routes.sign_out, routes.session_info
    );
    let code = SOURCE.lines().skip(1).map(str::trim_start);
    for line in code.filter(|line| !line.is_empty() && !line.starts_with('/')) {
        module.push_str(line);
        module.push('\n');
    }
    module
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted;

    #[test]
    fn the_first_line_has_this_deployments_paths() {
        assert!(
            SOURCE.starts_with("const paths = {"),
            "the line that is replaced"
        );
        let variables = [("LOGIN_PATH", "/signup"), ("SIGNUP_PATH", "/login")];
        let module = module(&scripted::config(&variables));
        let expected = "const paths = { signIn: '/signup', signUp: '/login', signOut: '/logout', \
                        session: '/auth/session' };\n";
        assert!(module.starts_with(expected), "{module:.120}");
    }

    #[test]
    fn lines_can_be_trimmed() {
        for line in SOURCE.lines() {
            let comment = line.trim_start().starts_with('/');
            assert!(
                comment || !line.contains(" // "),
                "a comment behind code: {line}"
            );
            assert!(
                !line.ends_with('`') && !line.contains("${\n"),
                "a text over lines: {line}"
            );
        }
    }
}
