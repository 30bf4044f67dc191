// Writes path_to_regexp.json: what path-to-regexp 6.3.0 makes of PATTERNS on PATHS, the way Next.js compiles it
// (`source` without the `i` flag) and with the flag. Run: node tests/corpora/path_to_regexp.mjs
import { writeFileSync } from "node:fs";
import { pathToRegexp } from "path-to-regexp";

const own = String.raw; // patterns as they read, without a second layer of escapes

const PATTERNS = [
  // Next.js and authkit-nextjs, as documented
  "/", "/about/:path*", "/dashboard/:path*", "/about/:path", "/blog/:slug", own`/blog/:slug(\d{1,})`, "/about/:path?",
  "/about/:path+", "/about/(.*)", "/hello", "/api/:function*", "/account/:path*", "/admin", "/admin/:path*",
  "/((?!api|_next/static|_next/image|favicon.ico|sitemap.xml|robots.txt).*)",
  own`/((?!_next/static|_next/image|favicon.ico|.*\.(?:svg|png|jpg|jpeg|gif|webp)$).*)`,
  own`/((?!_next|[^?]*\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|zip)).*)`,
  "/((?!api|_next/static|_next/image|.*\\.png$).*)", "/(api|trpc)(.*)", "/((?!api/auth|login$).*)", "/((?!login).+)",
  own`/((?!_next/static|_next/image|favicon\.ico|public/).*)`, "/:path((?!a).*)", "/((?!.*\\.).*)", own`/((?!api\b).*)`,
  "/old-blog/:slug", "/post/:slug(\\d{1,})", "/english\\(default\\)/:slug", "/path-to/:post*", "/docs/:path(a|b|c.*)",
  // Each part of the syntax
  "/test", "/test/", "/:test", "/:test/", "/:test?", "/:test?/bar", "/:test?-bar", "/:test*", "/:test+", "/:test*-bar",
  own`/:test(\d+)`, own`/:test(\d+)+`, own`/:test(\d+)*`, own`/:test(\d+)?`, "/:test([a-z]+)", "/:test(this|that)",
  "/:test(abc|xyz)*", "/:test(.*)", "/:test.json", "/:test.:format", "/:test.:format?", "/:test.:format+", "/:test.:format(\\w+)?",
  "/test.json", "/test.:format", "/test.:format(\\w+)", "/test.:format.:format", "/test(\\d+)", "/(\\d+)", "/(\\d+)?", "/(.*)",
  "/test/(.*)", "/test(.*)", "/(.*)/test", "/route.:ext([a-z]+)*", "/route.:ext([a-z]+)?", "/:a/:b", "/:a/:b?", "/:a-:b",
  "/:a-:b-:c(.*)", "/:a(\\d+)-:b(\\d+)", "/:a.:b.:c", "/x:a", "/x:a?", "/x-:a-y", "/ab:a/", "/:a/b/:c", "/:a(x)?:b(y)",
  "/:foo(apple-)?icon-:res(\\d+).png", "/:remote([\\w-.]+)/:user([\\w-]+)", "/:x(?:a)", "/:type(video|audio|text):plus(\\+.+)?",
  "/{a}", "/{a}?", "/{a}+", "/{a}*", "/{a:b}", "/{a:b}?", "/{a:b(\\d+)c}+", "/{:b}", "/{:b}?", "/{:b}*", "/{-:b}*", "/x{-:b}*",
  "/x{-:b-}+", "/x{.(\\d+)}*", "/{(\\d+)}?x", "{/a}", "/a{/b}?", "/a{/b}?/c", "/a{/:b/c}*", "/a{/:b}?{/:c}?", "/{a}{b}?", "/{}",
  "/test{.:format}+", "/attr{-:a}?{-:b}?", "/{\\:x}", "/{:a}?-:b", "/user{(.json)}?", "/:name{(s)}?",
  // Escapes and literals
  own`/a\:b`, own`/\(testing\)`, own`/a\*`, own`/a\+b`, own`/a\{b\}`, own`/a\\b`, own`/\:a`, own`/:a\:b`, own`/a\/b`, "/.+*?", "/a.b",
  "/a$b", "/a^b", "/a[b]", "/a|b", "/a=!b", "/a-b_c~d", "/a@b,c;d", "/a%20b", "/a#b", "/a&b'c", "/caf%C3%A9", "/A/:b", "/Ab(C|d)", "/([A-C]+)",
  "/([^A-C]+)", "/((?!Admin).*)", "/(a|B|)",
  // Expressions
  "/(a|b)", "/(a|ab)(c|bcd)", "/(a{2})", "/(a{2,})", "/(a{1,2})b", "/(a{0})", "/(a{0,2})", "/(a{2}?)", "/(a+?)b", "/(a*?)", "/(a??b)",
  "/((?:ab)+)", "/((?:ab)*)", "/((?:ab){2,3})", "/((?:ab|c){1,2}d)", "/((?:a(?:b)?){2})", "/((?=a).*)", "/((?=.*x)(?!a).+)",
  "/((?:(?!x).)*)", "/((?!(?!a)).*)", "/([abc]+)", "/([^abc]+)", "/([a-c0-2_-]+)", "/([\\w-]+)", "/([-a]+)", "/([a-]+)", "/([\\d.]+)",
  "/([^\\d/]+)", "/([\\W]+)", "/([^\\W]+)", "/([])", "/([^])", "/([]a])", "/([.*+]+)", "/([\\]\\\\]+)", "/(\\w+)", "/(\\W+)", "/(\\d\\D)", "/(\\s)", "/(\\S+)",
  "/(^a)", "/(a$)", "/(^$)", "/(.)", "/(..)", "/(.+)x", "/(\\.)", "/(a\\bb)", "/(a\\b.*)", "/(a\\B.*)", "/(\\/)", "/(/)", "/(]|})", "/(a||b)", "/([\\b])",
  "/(\\-\\_)", "/(a.c)", "/(?:a)", "/([a-c-e]+)", "/([\\w-.]+)", "/([+--]+)", "/(\\t)", "/(a,b)", "/(a=b:c)",
  // Refused
  "", "admin", ":path*", "(.*)", "*", "/admin/:", "/admin/(", "/admin/()", "/a(b(c))", "/a)", "/a}", "/{a", "/{a:b", "/*", "/a*", "/+", "/?", "/a?",
  "/:a:b", "/:a{:b}", "/:a**", "/x:a*", "/x(a)*", "/{:a}:b", "/:(a)", "/(?=a)", "/([)])", "/([(])", "/(*)", "/(a**)", "/([b-a])", "/(a{2,1})", "/{{a}}", "/{*}",
];

const PATHS = [
  "/", "//", "/a", "/a/", "/a//", "/A", "/b", "/B", "/c", "/C", "/d", "/x", "/y", "/xy", "/ab", "/aB", "/abc", "/abcd", "/abab", "/ababab", "/ababc", "/abcde",
  "/aa", "/aaa", "/aab", "/aaab", "/acd", "/abd", "/cd", "/ac", "/a.c", "/a/b", "/a/b/", "/a/b/c", "/a/b/c/d", "/a/b/c/b/c", "/a/c", "/a-b", "/a-b-c", "/a-b-c/d",
  "/x-", "/x-a", "/x-a-y", "/x-a-b", "/x-a-b-", "/x-a--b-", "/-a", "/-a-b", "/-bar", "/a-bar", "/a/b-bar", "/bar", "/a/bar", "/x.1", "/x.1.2", "/xa", "/xab", "/aba",
  "/a1c", "/a1ca2c", "/1", "/12", "/123", "/1.2", "/1/2", "/1/2/", "/1-2", "/1a", "/1x", "/a1", "/a b", "/a%20b", "/a:b", "/:a", "/:x", "/a*", "/a+b", "/a{b}", "/a.b", "/a.b.c", "/aXb",
  "/a$b", "/a^b", "/a[b]", "/a|b", "/a=!b", "/a-b_c~d", "/a@b,c;d", "/a&b'c", "/a,b", "/a=b:c", "/-_", "/.", "/./", "/.a", "/a.", "/.*+", "/]", "/]a", "/}", "/(testing)", "/testing",
  "/a\\b", "/a/b#", "/a#", "/a?", "/a#b", "/ax", "/xx", "/x/x", "/x/", "/_", "/-", "/+", "/+,-", "/a_b", "/_next", "/e", "/a-e", "/E",
  "/test", "/test/", "/TEST", "/Test/", "/tests", "/test.json", "/testing.json", "/test.json.xml", "/test/a", "/test/a/b", "/test1", "/a/test", "/a/b/test", "/this", "/that", "/thi",
  "/abc/xyz", "/abc/ab", "/route", "/route.html", "/route.html.json", "/route.json/", "/route/html", "/icon-240.png", "/apple-icon-240.png", "/git.hub-x/user-1", "/video", "/video+x", "/video+",
  "/about", "/about/", "/about/a", "/about/a/b/c", "/about//a", "/aboutx", "/About/a", "/blog", "/blog/1", "/blog/x", "/blog/123/", "/blog/1x", "/hello", "/hello/", "/hello/x",
  "/admin", "/admin/", "/Admin", "/ADMIN/USERS", "/admin/users", "/admin/users/7/", "/administrator", "/admin;x=1", "//admin", "/admin//users", "/%61dmin", "/admin%2fusers",
  "/api", "/api/", "/API/x", "/api/users", "/apis", "/api-docs", "/api/auth", "/api/auth/x", "/trpc/x", "/_next/static/a.js", "/_next/image", "/_next/data/x.json", "/favicon.ico", "/faviconXico",
  "/sitemap.xml", "/robots.txt", "/logo.png", "/logo.PNG", "/img/logo.svg", "/logo.png/x", "/x.css", "/x.json", "/x.js", "/x.html", "/login", "/login/x", "/public/x", "/dashboard/settings/a",
  "/account", "/post/12", "/old-blog/x", "/path-to/a/b", "/docs/a", "/docs/c/d", "/docs/x", "/english(default)/x", "/caf%C3%A9", "/caf%c3%a9", "/Ab/C", "/AbC", "/attr-1-2", "/attr", "/user.json", "/user",
];

const vectors = PATTERNS.map((pattern) => {
  try {
    if (!pattern.startsWith("/")) throw new TypeError("Next.js asks for a leading slash");
    const { source } = pathToRegexp(pattern);
    const [exact, any] = [new RegExp(source), new RegExp(source, "i")];
    return { pattern, matches: PATHS.filter((path) => exact.test(path)), ignoring_case: PATHS.filter((path) => any.test(path)) };
  } catch {
    return { pattern, refused: true };
  }
});
const lines = (values) => values.map((value) => `  ${JSON.stringify(value)}`).join(",\n");
const json = `{\n "paths": [\n${lines(PATHS)}\n ],\n "patterns": [\n${lines(vectors)}\n ]\n}\n`;
writeFileSync(new URL("path_to_regexp.json", import.meta.url), json);
