import { visitorOf } from '../visitor.js';
import { Visitor } from '../who.jsx';

export const meta = () => [{ title: 'Notes' }];
export const loader = ({ request }) => visitorOf(request);

export default function Home({ loaderData }) {
  return (
    <>
      <h1>Notes</h1>
      <Visitor visitor={loaderData} />
    </>
  );
}
