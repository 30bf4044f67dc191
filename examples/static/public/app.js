import { events, getSession, signIn, signOut } from '/auth/client.js';

const [who, signInButton, signOutButton] = ['who', 'sign-in', 'sign-out'].map((id) =>
  document.getElementById(id),
);

events.addEventListener('session', ({ detail: { user } }) => {
  const name = user && ([user.firstName, user.lastName].filter(Boolean).join(' ') || user.email);
  who.textContent = user ? `You are ${name}.` : 'You are not signed in.';
  signInButton?.toggleAttribute('hidden', user !== null);
  signOutButton?.toggleAttribute('hidden', user === null);
});
signInButton?.addEventListener('click', () => signIn({ returnTo: '/reports' }));
signOutButton?.addEventListener('click', () => signOut());

getSession().catch((error) => {
  who.textContent = error.message;
});
