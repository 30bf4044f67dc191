//! `FRAMEWORK`: what the site's framework makes of a path, beyond what any server could.
//!
//! Frameworks fetch a page's data under a path of its own. It counts as the page: whoever may not
//! see the one may not see the other, and where the one is public so is the other.

/// A framework whose paths are known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Framework {
    /// Next.js: `/_next/data/<build>/page.json`, below a `basePath` too, `/page.rsc`,
    /// `/page.segments/….segment.rsc`, and pages under a locale, `/en/page`.
    Nextjs,
    /// React Router: `/page.data`.
    ReactRouter,
}

impl Framework {
    /// Reads `nextjs` or `react-router`.
    pub fn parse(text: &str) -> Option<Framework> {
        match text {
            "nextjs" => Some(Framework::Nextjs),
            "react-router" => Some(Framework::ReactRouter),
            _ => None,
        }
    }

    /// Returns the page whose data is under `path`, if data is.
    pub fn page(self, path: &str) -> Option<String> {
        match self {
            Framework::Nextjs => {
                let data = path
                    .split_once("/_next/data/")
                    .and_then(|(base_path, rest)| {
                        let (_, page) = rest.split_once('/')?;
                        let page = named(page.strip_suffix(".json")?, "index")?;
                        Some(match page.as_str() {
                            "/" if !base_path.is_empty() => base_path.to_owned(),
                            page => format!("{base_path}{page}"),
                        })
                    });
                data.or_else(|| {
                    let page = path.strip_suffix(".rsc")?;
                    let page = page.strip_suffix(".prefetch").unwrap_or(page);
                    let page = page.split(".segments/").next().unwrap_or(page);
                    named(page.strip_prefix('/')?, "index")
                })
            }
            Framework::ReactRouter => {
                let data = path.strip_suffix(".data")?;
                let index = data.strip_suffix("/_").unwrap_or(data);
                named(index.trim_start_matches('/'), "_root")
            }
        }
    }

    /// Returns the page that `path` is a translation of.
    pub fn untranslated(self, path: &str) -> Option<String> {
        if self != Framework::Nextjs {
            return None;
        }
        let (locale, rest) = path
            .strip_prefix('/')?
            .split_once('/')
            .unwrap_or((path.strip_prefix('/')?, ""));
        is_locale(locale).then(|| format!("/{rest}"))
    }
}

fn named(page: &str, root: &str) -> Option<String> {
    let page = page.trim_end_matches('/');
    Some(match page == root || page.is_empty() {
        true => "/".to_owned(),
        false => format!("/{page}"),
    })
}

/// `en`, `en-GB`, `zh-Hant`: a language and maybe a script and a region (BCP 47).
fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    let subtag = |part: &str| {
        matches!(part.len(), 2..=4) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    LANGUAGES.split(' ').any(|known| known == language) && parts.all(subtag)
}

/// The two-letter codes of ISO 639: what else has two letters, like `/js`, is no translation.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr \
    cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu \
    gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk \
    kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms \
    mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro \
    ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl \
    tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_counts_as_its_page() {
        use Framework::{Nextjs, ReactRouter};
        let rows = [
            (Nextjs, "/_next/data/build-1/admin.json", Some("/admin")),
            (Nextjs, "/_next/data/b/en/admin/x.json", Some("/en/admin/x")),
            (Nextjs, "/_next/data/b/index.json", Some("/")),
            (Nextjs, "/docs/_next/data/b/a/x.json", Some("/docs/a/x")),
            (Nextjs, "/docs/_next/data/b/index.json", Some("/docs")),
            (Nextjs, "/docs/_next/data/b", None),
            (Nextjs, "/admin.rsc", Some("/admin")),
            (Nextjs, "/index.rsc", Some("/")),
            (Nextjs, "/admin.segments/_tree.segment.rsc", Some("/admin")),
            (Nextjs, "/admin.prefetch.rsc", Some("/admin")),
            (Nextjs, "/admin.json", None),
            (Nextjs, "/_next/static/x.js", None),
            (Nextjs, "/_next/data/b", None),
            (ReactRouter, "/admin.data", Some("/admin")),
            (ReactRouter, "/_root.data", Some("/")),
            (ReactRouter, "/_.data", Some("/")),
            (ReactRouter, "/admin/_.data", Some("/admin")),
            (ReactRouter, "/app/_root.data", Some("/app/_root")),
            (ReactRouter, "/a/b.data", Some("/a/b")),
            (ReactRouter, "/a/b", None),
        ];
        for (framework, path, page) in rows {
            assert_eq!(framework.page(path).as_deref(), page, "{path}");
        }
    }

    #[test]
    fn a_locale_leads_to_the_page_behind_it() {
        let rows = [
            ("/en/admin", Some("/admin")),
            ("/en-GB/admin/x", Some("/admin/x")),
            ("/zh-Hant", Some("/")),
            ("/admin", None),
            ("/1x/admin", None),
            ("/js/admin", None),
            ("/api/admin", None),
            ("/faq", None),
            ("/en_GB/admin", None),
            ("/en-x/admin", None),
            ("/en-toolong/admin", None),
            ("/en-G~/admin", None),
        ];
        for (path, page) in rows {
            let found = Framework::Nextjs.untranslated(path);
            assert_eq!(found.as_deref(), page, "{path}");
            assert_eq!(Framework::ReactRouter.untranslated(path), None);
        }
    }
}
