// Cuts a stream of Kafka's requests or answers into its frames: four bytes of length, then so many.

const header = 6;

/** One piece of a stream; `frame` is given with the first piece of each frame. */
export interface Piece {
  readonly bytes: Buffer;
  /** Of a request: which call it is (https://kafka.apache.org/protocol, "Api Keys"). */
  readonly frame?: { readonly apiKey: number };
  /** The frame ends with these bytes. */
  readonly last: boolean;
}

export class Frames {
  private held: Buffer = Buffer.alloc(0);
  private left = 0;

  /** The pieces of what arrived; a header that is not complete yet is held back. */
  *cut(chunk: Buffer): Iterable<Piece> {
    let rest = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    this.held = Buffer.alloc(0);
    while (rest.length > 0) {
      let frame: Piece['frame'];
      if (this.left === 0) {
        if (rest.length < header) {
          this.held = rest;
          return;
        }
        this.left = 4 + rest.readInt32BE(0);
        frame = { apiKey: rest.readInt16BE(4) };
      }
      const bytes = rest.subarray(0, this.left);
      rest = rest.subarray(bytes.length);
      this.left -= bytes.length;
      yield { bytes, last: this.left === 0, ...(frame ? { frame } : {}) };
    }
  }
}
