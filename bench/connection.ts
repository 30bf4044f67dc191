/** One kept-alive connection (RFC 9112): sends a request, reads the answer to its end, and times it. */
import { connect, type Socket } from 'node:net';

/** An answer. */
export interface Reply {
  status: number;
  /** The status line and the header, as they came. */
  head: string;
  /** The body's length. */
  bytes: number;
  /** Returns the body, of which no more than some thousand bytes are kept. */
  text(): string;
  /** From the request's first byte to the answer's last, in microseconds. */
  us: number;
}

/** The other side has closed the connection before it began to answer. */
export class ClosedUnanswered extends Error {
  constructor() {
    super('the connection was closed without an answer');
  }
}

const END_OF_HEAD = '\r\n\r\n';
const MOST_KEPT = 8192;
const NONE: Buffer = Buffer.alloc(0);

/** A connection. */
export class Connection {
  readonly #socket: Socket;
  #unread = NONE;
  #head: string | undefined;
  #bytes = 0;
  #pieces: Buffer[] = [];
  /** What is left of the body, or of its chunk. */
  #left = 0;
  #chunked = false;
  #sentAt = 0;
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => this.#read(data));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(this.#closed()));
  }

  /** Opens one. */
  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a request that has no body; one at a time. */
  ask(request: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#sentAt = performance.now();
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #closed(): Error {
    if (this.#head === undefined) return new ClosedUnanswered();
    return new Error(`the connection was closed after ${this.#bytes} bytes:\n${this.#head}`);
  }

  #read(data: Buffer): void {
    this.#unread = this.#unread.length === 0 ? data : Buffer.concat([this.#unread, data]);
    if (this.#head === undefined && !this.#readHead()) return;
    if (this.#chunked ? this.#readChunks() : this.#readBody()) this.#answered();
  }

  #readHead(): boolean {
    const end = this.#unread.indexOf(END_OF_HEAD);
    if (end < 0) return false;
    this.#head = this.#unread.toString('latin1', 0, end);
    this.#unread = this.#unread.subarray(end + END_OF_HEAD.length);
    this.#chunked = /\r\ntransfer-encoding: *chunked/i.test(this.#head);
    this.#left = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#head)?.[1] ?? 0);
    return true;
  }

  /** Reads as much as there is; returns whether that was all. */
  #readBody(): boolean {
    const read = Math.min(this.#left, this.#unread.length);
    if (this.#bytes < MOST_KEPT) this.#pieces.push(this.#unread.subarray(0, read));
    this.#unread = this.#unread.subarray(read);
    this.#left -= read;
    this.#bytes += read;
    return this.#left === 0;
  }

  #readChunks(): boolean {
    for (;;) {
      if (!this.#readBody()) return false;
      // The line break that ends a chunk's data stands before the next chunk's size.
      const from = this.#bytes > 0 ? 2 : 0;
      const end = this.#unread.indexOf('\r\n', from);
      if (end < 0) return false;
      const size = Number.parseInt(this.#unread.toString('latin1', from, end), 16);
      if (size === 0) return this.#unread.length >= end + END_OF_HEAD.length;
      this.#unread = this.#unread.subarray(end + 2);
      this.#left = size;
    }
  }

  #answered(): void {
    const us = (performance.now() - this.#sentAt) * 1000;
    const [head = '', bytes, pieces, waiting] = [
      this.#head,
      this.#bytes,
      this.#pieces,
      this.#waiting,
    ];
    this.#unread = NONE;
    this.#head = undefined;
    this.#bytes = 0;
    this.#pieces = [];
    this.#waiting = undefined;
    const text = () => Buffer.concat(pieces).toString('utf8');
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, bytes, text, us });
  }
}
