import { withAuth } from '@workos-inc/authkit-nextjs';

export default async function Account() {
  const { user, sessionId, organizationId, role, permissions } = await withAuth({
    ensureSignedIn: true,
  });
  return (
    <main>
      <h1>{user.email}</h1>
      <pre>{JSON.stringify({ id: user.id, sessionId, organizationId, role, permissions })}</pre>
      <form method="post" action="/logout">
        <button type="submit">Sign out</button>
      </form>
    </main>
  );
}
