import { visitorOf } from '../visitor.js';
import { Visitor } from '../who.jsx';

export const meta = () => [{ title: 'Your account' }];
// The gateway lets nobody here who isn't signed in.
export const loader = ({ request }) => visitorOf(request);

export default function Account({ loaderData }) {
  return (
    <>
      <h1>Your account</h1>
      <Visitor visitor={loaderData} />
    </>
  );
}
