/**
 * What crosses into WebAssembly or out of it, in one piece: a crossing costs more than most values.
 *
 * Texts are lines. A header's are a name and a value in turns; a change's are the method of `Headers`
 * that makes it, a name and a value, after what stands on the first line. None of these can have a line
 * break in it.
 */

const encoder = new TextEncoder();

/** Writes the method, the URL and the header. @param {Request} request @param {Uint8Array} space */
export function requestHead(request, space) {
  return write(`${request.method}\n${request.url}`, request.headers, space);
}

/** Writes the status and the header. @param {Response} answer @param {Uint8Array} space */
export function answerHead(answer, space) {
  return write(`${answer.status}`, answer.headers, space);
}

/**
 * Sends a request on to `site`, a binding, or to wherever its new URL leads.
 * @param {Request} request @param {{ fetch: typeof fetch } | undefined} site
 * @param {string} urlAndChanges @param {boolean} hasBody @param {boolean} mayBeStored
 */
export function forward(request, site, urlAndChanges, hasBody, mayBeStored) {
  const headers = new Headers(request.headers);
  const url = change(headers, urlAndChanges);
  /** @type {RequestInit} */
  const init = { method: request.method, headers, redirect: 'manual' };
  if (hasBody) init.body = request.body;
  if (!mayBeStored) init.cache = 'no-store';
  return site === undefined ? fetch(url, init) : site.fetch(url, init);
}

/**
 * What `finish` makes of an answer, or of the reason why there is none.
 * @param {Promise<Response>} promise @param {(came: unknown, failed: boolean) => Response} finish
 */
export function settled(promise, finish) {
  return promise.then(
    (answer) => finish(answer, false),
    (reason) => finish(reason, true),
  );
}

/** Lets an answer's content go unread. @param {Response} answer */
export function discard(answer) {
  answer.body?.cancel().catch(() => {});
}

/**
 * The same answer with another header; its status and its WebSocket stay.
 * @param {Response} answer @param {string} changes
 */
export function changed(answer, changes) {
  const other = new Response(answer.body, answer);
  change(other.headers, changes);
  return other;
}

/**
 * An answer of the gateway's own. The front-end module tells our clock by `Date`.
 * @param {number} status @param {string} changes @param {string | undefined} body
 */
export function answer(status, changes, body) {
  const headers = new Headers({ date: new Date().toUTCString() });
  change(headers, changes);
  return new Response(body, { status, headers });
}

/** A promise that is fulfilled when so much time has passed. @param {number} milliseconds */
export function passed(milliseconds) {
  const { promise, resolve } = Promise.withResolvers();
  setTimeout(resolve, milliseconds);
  return promise;
}

/**
 * Returns how many bytes were written, or the negative number of those that are surely enough.
 * @param {string} text @param {Headers} headers @param {Uint8Array} space
 */
function write(text, headers, space) {
  headers.forEach((value, name) => {
    text += `\n${name}\n${value}`;
  });
  const { read, written } = encoder.encodeInto(text, space);
  return read === text.length ? written : -3 * text.length;
}

/** Returns what stands on the first line. @param {Headers} headers @param {string} changes */
function change(headers, changes) {
  const lines = changes.split('\n');
  for (let at = 1; at < lines.length; at += 3) {
    const [name, value] = [lines[at + 1] ?? '', lines[at + 2] ?? ''];
    if (lines[at] === 'set') headers.set(name, value);
    else if (lines[at] === 'append') headers.append(name, value);
    else headers.delete(name);
  }
  return lines[0] ?? '';
}
