import type { Socket } from 'node:net';

/** Hands on what comes from either to the other, until one ends; `open` holds both for as long as they are. */
export function join(one: Socket, two: Socket, open: Set<Socket>): void {
  for (const [socket, other] of [
    [one, two],
    [two, one],
  ] as const) {
    open.add(socket);
    socket.pipe(other);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      open.delete(socket);
      other.destroy();
    });
  }
}
