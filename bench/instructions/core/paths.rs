//! Paths: what a request for one meets, and where a visitor may be sent back to.

use std::hint::black_box;

use authkit_gateway::access::Access;
use authkit_gateway::return_path::ReturnPath;
use authkit_gateway::route::{Judged, Route};

use super::{Case, Named};
use crate::site::{Lines, config, head, url};

pub(crate) const CASES: [Named; 8] = [
    ("path: short", || {
        judged("/dashboard", &[NEXTJS], Access::Protected)
    }),
    ("path: long", || judged(LONG, &[NEXTJS], Access::Protected)),
    ("path: unmatched", || {
        judged("/_next/static/app.js", &[NEXTJS], Access::Unmatched)
    }),
    ("path: many views", || {
        judged(HOSTILE, &["/settings/:path*"], Access::Unmatched)
    }),
    ("path: the one pattern", || {
        judged("/area99/users/7", &["/area99/:path*"], Access::Protected)
    }),
    ("path: the last of 100 patterns", hundred),
    ("path: to return to", || {
        returned("/dashboard?tab=members#invite")
    }),
    ("path: to return to, long", || returned(LONG)),
];

/// What Next.js' documentation begins with.
const NEXTJS: &str = "/((?!api|_next/static|_next/image|favicon.ico|.*\\.(?:svg|png)$).*)";
const LONG: &str = "/organizations/org_01ANALYTICALENGINES000000/projects/difference-engine-2/\
    environments/production/deployments/01JT0ANALYTICALENGINE00001/logs/2027/01/15/requests/\
    01JT0ANALYTICALENGINE00002/attempts/3/response.body";
/// It can be read in 108 ways, near the most that are looked at.
const HOSTILE: &str = "/%2541dmin%2fx;x=1//Users%3b%5CA%20/%2561%23b";

fn judged(path: &str, matcher: &[&str], expected: Access) -> Case {
    let config = config(&[("MATCHER", &matcher.join("\n"))]);
    let (url, fields) = (url(path), Lines(Vec::new()));
    Box::new(move || {
        let judged = Judged::of(black_box(&head(&url, &fields)), &config);
        judged.is_ok_and(|judged| judged.route == Route::Site(expected))
    })
}

fn hundred() -> Case {
    let patterns: Vec<String> = (0..100)
        .map(|number| format!("/area{number}/:path*"))
        .collect();
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    judged("/area99/users/7", &patterns, Access::Protected)
}

fn returned(path: &'static str) -> Case {
    Box::new(move || ReturnPath::parse(black_box(path)).is_some())
}
