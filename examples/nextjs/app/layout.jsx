export const metadata = { title: 'Next.js behind authkit-gateway' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
