/**
 * What Cloudflare calls. A failure costs the request it happens in: after one that may have left the
 * instance in disorder, the next request gets a new instance.
 */
// @ts-expect-error: it is there while the Worker is built.
import Gateway, { RefreshCoordinator } from '../../build/gateway.js';

const { fetch } = Gateway.prototype;

/**
 * Of worker-build's own recovery: the next `Gateway` is one of a new instance where this says so.
 * @type {{ criticalError: boolean }}
 */
const state = Reflect.get(globalThis, '__worker_init_state');

// What fails in the middle of waiting has no caller.
addEventListener('unhandledrejection', ({ reason }) => note(reason));

export default {
  /** @param {Request} request @param {unknown} env @param {unknown} ctx */
  fetch(request, env, ctx) {
    try {
      if (state.criticalError) new Gateway(ctx, env);
      const answer = fetch.call({ env, ctx }, request);
      return answer instanceof Promise ? answer.catch(failed) : answer;
    } catch (error) {
      return failed(error);
    }
  },
};
export { RefreshCoordinator };

/** @param {unknown} error */
function failed(error) {
  note(error);
  console.error(error);
  const headers = { 'cache-control': 'no-store' };
  return new Response('Internal Server Error', { status: 500, headers });
}

/** @param {unknown} error */
function note(error) {
  state.criticalError ||= error instanceof WebAssembly.RuntimeError;
}
