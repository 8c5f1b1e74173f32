/** How the name of a function's home folder begins. */
export const homePrefix = 'sallyport-function-';

/**
 * Runs in each function's process before the function, as the text of a `data:` module, so that it needs no file of its own
 * where the sandbox is bundled. It keeps the process on a leash and off the network: the Functions Framework listens on
 * every interface and knows nothing of a parent, and a client may have its own idea of where Google is.
 */
const source = `
import { rmSync } from 'node:fs';
import { Server, Socket } from 'node:net';
import { basename } from 'node:path';

const home = process.cwd();
process.on('disconnect', () => {
  if (basename(home).startsWith('${homePrefix}')) rmSync(home, { recursive: true, force: true });
  process.exit(0);
});
process.channel?.unref();

const listen = Server.prototype.listen;
Server.prototype.listen = function listenOnLoopback(port, callback) {
  if (!Number.isInteger(Number(port))) return Reflect.apply(listen, this, arguments);
  return listen.call(this, { host: '127.0.0.1', port: Number(port) }, callback);
};

// Whatever a client makes of its settings, nothing leaves this machine.
const connect = Socket.prototype.connect;
Socket.prototype.connect = function connectOnLoopback(...given) {
  const [first, second] = Array.isArray(given[0]) ? given[0] : given;
  const host = typeof first === 'object' && first !== null ? first.host : typeof second === 'string' ? second : undefined;
  if (host === undefined || ['127.0.0.1', 'localhost', '::1'].includes(host)) return Reflect.apply(connect, this, given);
  process.nextTick(() => this.destroy(new Error('a sandbox run may only reach this machine, not ' + host)));
  return this;
};
`;

/** A value for `node --import`. */
export const childPreload = `data:text/javascript,${encodeURIComponent(source)}`;
