/** The pages; nothing in here is about signing in but a link and a form. */
export function page(title, visitor) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a href="/">Express</a> <a href="/account">Account</a></header>
<main>
<h1>${title}</h1>
${visitor ? greeting(visitor) : invitation}
</main>
</body>
</html>
`;
}

const greeting = ({ email, role }) => `
<p>You are <strong>${escaped(email)}</strong>${role && `, ${escaped(role)}`}.</p>
<form method="post" action="/logout"><button>Sign out</button></form>`;

const invitation = `
<p>You are not signed in.</p>
<p><a class="button" href="/login?return_to=/account">Sign in</a></p>`;

const escaped = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
