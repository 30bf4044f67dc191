import { withAuth } from '@workos-inc/authkit-nextjs';

// Anybody may see this page (UNAUTHENTICATED_PATHS); whoever is signed in is known.
export default async function Home() {
  const { user } = await withAuth();
  return (
    <main>
      <h1>{user ? `Hello ${user.firstName ?? user.email}` : 'Hello'}</h1>
      <p>{user ? <a href="/account">Your account</a> : <a href="/login">Sign in</a>}</p>
    </main>
  );
}
