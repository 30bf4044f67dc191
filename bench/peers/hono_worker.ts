/** The gateway's job with `@hono/oidc-auth`, as its README has it. */
import { getAuth, oidcAuthMiddleware } from '@hono/oidc-auth';
import { Hono } from 'hono';
import { accessTo, forward, type SiteVariables } from './forward.ts';

const signedIn = oidcAuthMiddleware();
const app = new Hono<{ Bindings: SiteVariables }>();

app.use(async (context, next) => {
  switch (accessTo(context.req.raw, context.env)) {
    case 'unmatched':
      return forward(context.req.raw, context.env);
    case 'public':
      return next();
    case 'protected':
      return signedIn(context, next);
  }
});

app.all('*', async (context) => {
  const auth = await getAuth(context);
  const response = await forward(
    context.req.raw,
    context.env,
    auth
      ? {
          'x-authkit-authenticated': 'true',
          'x-authkit-user-id': String(auth.sub),
          'x-authkit-email': String(auth.email),
        }
      : {},
  );
  // The middleware has more to say in its header, and what was fetched can't be changed.
  return new Response(response.body, response);
});

export default app;
