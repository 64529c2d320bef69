// Loaded into the program that run.mjs starts: when run.mjs is gone, even by SIGKILL, end in good order.
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const fd = Number(process.env.MILLRACE_FOLLOW);

if (isMainThread && fd) {
  // Not for the program's own children, where the same number is another file.
  delete process.env.MILLRACE_FOLLOW;
  const pipe = new Socket({ fd, readable: true, writable: false });
  pipe.once('close', () => process.kill(process.pid, 'SIGTERM'));
  pipe.on('error', () => {});
  pipe.resume();
  pipe.unref();
}
