/** Who is signed in, as the gateway says. */
export function visitorOf(request) {
  const field = (name) => decodeURIComponent(request.headers.get(`x-authkit-${name}`) ?? '');
  return field('user-id') ? { email: field('email'), role: field('role') } : null;
}
