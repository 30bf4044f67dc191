/** A greeting and a way out, or a way in. */
export function Visitor({ visitor }) {
  if (!visitor)
    return (
      <>
        <p>You are not signed in.</p>
        <p>
          <a className="button" href="/login?return_to=/account">
            Sign in
          </a>
        </p>
      </>
    );
  return (
    <>
      <p>
        You are <strong>{visitor.email}</strong>
        {visitor.role && `, ${visitor.role}`}.
      </p>
      <form method="post" action="/logout">
        <button type="submit">Sign out</button>
      </form>
    </>
  );
}
