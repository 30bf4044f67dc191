import { getSignInUrl } from '@workos-inc/authkit-nextjs';
import { redirect } from 'next/navigation';

// A sign-in may begin here as well as at the gateway's /login.
export async function GET() {
  redirect(await getSignInUrl({ returnTo: '/account?from=start' }));
}
