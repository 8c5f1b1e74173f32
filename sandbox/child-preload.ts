import { Server } from 'node:net';

/*
 * Loaded into each function's process before the function (`node --import`). It keeps the process on a leash and off the
 * network: the Functions Framework listens on every interface and knows nothing of a parent.
 */
process.on('disconnect', () => process.exit(0));
process.channel?.unref();

const listen = Server.prototype.listen;
Server.prototype.listen = function listenOnLoopback(this: Server, ...given: unknown[]): Server {
  const [port, callback] = given;
  if (!Number.isInteger(Number(port)) || (callback !== undefined && typeof callback !== 'function')) {
    return Reflect.apply(listen, this, given);
  }
  return listen.call(this, { host: '127.0.0.1', port: Number(port) }, () => {
    if (typeof callback === 'function') callback();
  });
};
