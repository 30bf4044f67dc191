/** Somebody who asks over one connection after the other. */
import { ClosedUnanswered, Connection, type Reply } from './connection.ts';

/** A client. */
export class Client {
  readonly #port: number;
  #connection: Connection;

  private constructor(port: number, connection: Connection) {
    this.#port = port;
    this.#connection = connection;
  }

  static async at(port: number): Promise<Client> {
    return new Client(port, await Connection.open(port));
  }

  /**
   * Sends a request.
   *
   * A connection may be closed at any time: whoever asks in that very moment asks once more, over
   * another one (RFC 9112 §9.3.1).
   */
  async ask(request: string): Promise<Reply> {
    try {
      return await this.#connection.ask(request);
    } catch (error) {
      if (!(error instanceof ClosedUnanswered)) throw error;
      this.#connection = await Connection.open(this.#port);
      return this.#connection.ask(request);
    }
  }

  close(): void {
    this.#connection.close();
  }
}
