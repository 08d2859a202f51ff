/** The bare limit of a durable answer: a `ws` server that writes each message to a file, syncs it, and sends it back. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { WebSocketServer } from 'ws';

const file = openSync(process.argv[2] ?? '', 'w');
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    writeSync(file, data);
    fdatasyncSync(file);
    socket.send(data);
  });
});
server.on('listening', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    process.stdout.write(`${JSON.stringify({ event: 'ready', port: address.port })}\n`);
});
process.once('SIGTERM', () => {
  for (const client of server.clients) client.terminate();
  server.close(() => closeSync(file));
});
