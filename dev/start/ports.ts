/** Are the ports free? Asked before anything is started. */
import { connect, createServer } from 'node:net';

/** A port somebody needs, and the flag that changes it. */
export interface PortNeeded {
  port: number;
  flag: string;
  by: string;
}

/** Returns what is wrong with the ports, one line each. */
export async function portProblems(needed: readonly PortNeeded[]): Promise<string[]> {
  const problems = await Promise.all(
    needed.map((one, index) => problemWith(one, needed.slice(0, index))),
  );
  return problems.filter((problem) => problem !== undefined);
}

async function problemWith(
  { port, flag, by }: PortNeeded,
  earlier: readonly PortNeeded[],
): Promise<string | undefined> {
  const same = earlier.find((other) => other.port === port);
  if (same)
    return `Port ${port} is meant for ${same.by} and for ${by}: choose another with ${flag}.`;
  if (await isFree(port)) return undefined;
  return `Port ${port}, meant for ${by}, is in use: choose another with ${flag}, for example ${flag} ${port + 1000}.`;
}

async function isFree(port: number): Promise<boolean> {
  return (
    (await canListen(port)) && !(await answers(port, '127.0.0.1')) && !(await answers(port, '::1'))
  );
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Some systems let two servers listen, one on every address and one on this. */
function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 500 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}
