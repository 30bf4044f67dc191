//! Framework data: under every path of a protected page's data, the page is protected.

use authkit_gateway::access::Access;
use authkit_gateway::config::Config;
use authkit_gateway::route::{Judged, Route};
use url::Url;

use super::path_views::pathname;
use super::site::{Lines, SITE, config, head};

/// The input is a page's path.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Some(page) = pathname(text).filter(|page| page.len() <= 200) else {
        return;
    };
    let matcher = ("MATCHER", "/admin/:path*");
    // What is data or a translation itself has no further data.
    if judged(&page, &config(&[matcher])) != Some(Access::Protected) {
        return;
    }
    for framework in ["nextjs", "react-router"] {
        let config = config(&[matcher, ("FRAMEWORK", framework)]);
        for path in data_of(&page, framework) {
            let judged = judged(&path, &config);
            let is_closed = matches!(judged, None | Some(Access::Protected));
            assert!(is_closed, "{path:?} is data of {page:?}");
        }
    }
}

/// Returns where a framework has a page's data.
fn data_of(page: &str, framework: &str) -> Vec<String> {
    match framework {
        "nextjs" => vec![
            format!("/_next/data/build{page}.json"),
            format!("/en{page}"),
            format!("/_next/data/build/en-GB{page}.json"),
            format!("{page}.rsc"),
            format!("{page}.segments/_tree.segment.rsc"),
        ],
        _ => vec![format!("{page}.data")],
    }
}

/// Returns how a path is judged; `None` where it is refused, or the gateway's own.
fn judged(path: &str, config: &Config) -> Option<Access> {
    let url = Url::parse(&format!("{SITE}{path}")).ok()?;
    let fields = Lines::default();
    let route = Judged::of(&head(&url, &fields), config).ok()?.route;
    if let Route::Site(access) = route {
        return Some(access);
    }
    None
}
