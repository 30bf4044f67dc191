/** WebSocket frames (RFC 6455 §5.2), from either side, of any size. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** What a frame is. */
export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as it came. */
export interface Frame {
  /** The last of its message. */
  final: boolean;
  opcode: number;
  payload: Buffer;
}

/** Writes a whole message; a client's is masked. */
export function framed(opcode: number, payload: Buffer, from: 'client' | 'server'): Buffer {
  const { length } = payload;
  const mark = from === 'client' ? 0x80 : 0;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  header[1] = mark | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  if (from === 'server') return Buffer.concat([header, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([header, mask, masked(payload, mask)]);
}

/** A close frame. */
export function closing(code: number, reason: string, from: 'client' | 'server'): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return framed(OPCODE.close, payload, from);
}

/** The frames that come over a connection, until it ends. */
export async function* frames(socket: Duplex): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (let read = frameAt(rest, at); read; read = frameAt(rest, at)) {
      at = read.end;
      yield read.frame;
    }
    rest = rest.subarray(at);
  }
}

/** Accepts a handshake (RFC 6455 §4.2.2). */
export function acceptUpgrade(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
}

function frameAt(bytes: Buffer, at: number): { frame: Frame; end: number } | undefined {
  if (bytes.length < at + 2) return undefined;
  const [first = 0, second = 0] = bytes.subarray(at, at + 2);
  const short = second & 0x7f;
  const sized = at + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  const begin = sized + (second & 0x80 ? 4 : 0);
  if (bytes.length < begin) return undefined;
  let length = short;
  if (short === 126) length = bytes.readUInt16BE(at + 2);
  if (short === 127) length = Number(bytes.readBigUInt64BE(at + 2));
  const end = begin + length;
  if (bytes.length < end) return undefined;
  const payload = bytes.subarray(begin, end);
  const plain = second & 0x80 ? masked(payload, bytes.subarray(sized, begin)) : payload;
  return { frame: { final: first >= 0x80, opcode: first & 0x0f, payload: plain }, end };
}

function masked(payload: Buffer, mask: Buffer): Buffer {
  return payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) as Buffer;
}
