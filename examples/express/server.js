import express from 'express';
import { page } from './page.js';

const app = express();

/** Who is signed in, as the gateway says. */
function visitor(request) {
  const field = (name) => decodeURIComponent(request.get(`x-authkit-${name}`) ?? '');
  return field('user-id') && { email: field('email'), role: field('role') };
}

app.use(express.static('public'));

app.get('/', (request, response) => response.send(page('Notes', visitor(request))));

// The gateway lets nobody here who isn't signed in.
app.get('/account', (request, response) => response.send(page('Your account', visitor(request))));

app.listen(process.env.PORT ?? 8788, '127.0.0.1');
