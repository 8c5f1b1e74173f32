/** How the name of a function's home folder begins. */
export const homePrefix = 'sallyport-function-';

/**
 * Runs in each function's process before the function, as the text of a `data:` module, so that it needs no file of its own
 * where the sandbox is bundled. It keeps the process on a leash and off the network: the Functions Framework listens on
 * every interface and knows nothing of a parent.
 */
const source = `
import { rmSync } from 'node:fs';
import { Server } from 'node:net';
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
`;

/** A value for `node --import`. */
export const childPreload = `data:text/javascript,${encodeURIComponent(source)}`;
