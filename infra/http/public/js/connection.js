// The live connection. EventSource reconnects by itself after a lost connection, but not after a
// refusal (too many pages open), nor when a connection hangs; both are handled here.

const SILENCE_MS = 20_000;
const RETRY_MS = 3_000;

/**
 * @param handlers `topology(steps)`, `state(state)`, `trouble(text | null)`, `status('live' | 'reconnecting')`
 */
export function connect(url, handlers) {
  let source;
  let watchdog;

  function heard() {
    handlers.status('live');
    clearTimeout(watchdog);
    watchdog = setTimeout(reopen, SILENCE_MS);
  }

  function reopen() {
    handlers.status('reconnecting');
    source.close();
    clearTimeout(watchdog);
    watchdog = setTimeout(open, RETRY_MS);
  }

  function open() {
    source = new EventSource(url);
    source.addEventListener('topology', (event) => handlers.topology(JSON.parse(event.data)));
    source.addEventListener('state', (event) => {
      heard();
      handlers.trouble(null);
      handlers.state(JSON.parse(event.data));
    });
    source.addEventListener('trouble', (event) => {
      heard();
      handlers.trouble(JSON.parse(event.data).error);
    });
    source.addEventListener('heartbeat', heard);
    source.addEventListener('error', () => {
      handlers.status('reconnecting');
      if (source.readyState === EventSource.CLOSED) reopen();
    });
  }

  open();
}
