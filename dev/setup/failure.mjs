/** What is missing and how to get it: said in words, never as a stack trace. */
export class Failure extends Error {
  /**
   * @param {string} what what went wrong, one sentence
   * @param {string} cure what to do about it
   * @param {string} [details] the end of a tool's own output
   */
  constructor(what, cure, details = '') {
    super(what);
    this.cure = cure;
    this.details = details;
  }
}

/** @param {unknown} error */
export function explain(error) {
  if (!(error instanceof Failure)) {
    console.error(`\nSet-up stopped: ${error instanceof Error ? error.message : error}`);
    return;
  }
  if (error.details) console.error(`\n${error.details.replace(/^/gm, '    ')}`);
  console.error(`\n${error.message}\n\n  ${error.cure.replaceAll('\n', '\n  ')}\n`);
}
