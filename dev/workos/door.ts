/** The port a double listens on: closed for a while, nobody is connected and nobody can connect. */
import type { RequestListener } from 'node:http';
import { type Listening, listen } from '../listen.ts';

/** A port that can be closed and opened again. */
export class Door {
  readonly port: number;
  readonly #listener: RequestListener;
  #open: Listening | undefined;

  private constructor(listener: RequestListener, open: Listening) {
    this.port = open.port;
    this.#listener = listener;
    this.#open = open;
  }

  /** Opens a port; 0 takes any. */
  static async at(port: number, listener: RequestListener): Promise<Door> {
    return new Door(listener, await listen(port, listener));
  }

  /** Ends every connection and lets nobody connect. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.close();
  }

  /** Lets everybody connect again. */
  async reopen(): Promise<void> {
    this.#open ??= await listen(this.port, this.#listener);
  }
}
