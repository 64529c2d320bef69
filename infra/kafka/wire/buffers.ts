// Reads and writes the primitive types of the protocol, big-endian, one after the other.
// Types: https://kafka.apache.org/protocol#protocol_types

export class BufferWriter {
  private readonly buffer: Buffer;
  private at = 0;

  /** @param most largest number of bytes that will be written */
  constructor(most: number) {
    this.buffer = Buffer.allocUnsafe(most);
  }

  int8(value: number): void {
    this.at = this.buffer.writeInt8(value, this.at);
  }

  int16(value: number): void {
    this.at = this.buffer.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  int64(value: bigint): void {
    this.at = this.buffer.writeBigInt64BE(value, this.at);
  }

  string(value: string): void {
    const length = this.buffer.write(value, this.at + 2);
    this.buffer.writeInt16BE(length, this.at);
    this.at += 2 + length;
  }

  /** Writes a string of the flexible versions: the length plus one as a varint, then the bytes. */
  compactString(value: string): void {
    let left = Buffer.byteLength(value) + 1;
    for (; left >= 0x80; left >>>= 7)
      this.at = this.buffer.writeUInt8((left & 0x7f) | 0x80, this.at);
    this.at = this.buffer.writeUInt8(left, this.at);
    this.at += this.buffer.write(value, this.at);
  }

  bytes(value: Buffer): void {
    this.int32(value.length);
    this.at += value.copy(this.buffer, this.at);
  }

  done(): Buffer {
    return this.buffer.subarray(0, this.at);
  }
}

export class BufferReader {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  /** Number of bytes read. */
  get position(): number {
    return this.at;
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  int16(): number {
    const value = this.buffer.readInt16BE(this.at);
    this.at += 2;
    return value;
  }

  int32(): number {
    const value = this.buffer.readInt32BE(this.at);
    this.at += 4;
    return value;
  }

  int64(): bigint {
    const value = this.buffer.readBigInt64BE(this.at);
    this.at += 8;
    return value;
  }

  string(): string {
    const length = this.int16();
    this.at += length;
    return this.buffer.toString('utf8', this.at - length, this.at);
  }

  nullableString(): string | null {
    if (this.buffer.readInt16BE(this.at) >= 0) return this.string();
    this.at += 2;
    return null;
  }

  /** An unsigned number of the flexible versions, seven bits a byte. */
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.buffer.readUInt8(this.at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** A string of the flexible versions; empty if it is null. */
  compactString(): string {
    const length = Math.max(0, this.varint() - 1);
    this.at += length;
    return this.buffer.toString('utf8', this.at - length, this.at);
  }

  /** Passes tagged fields. */
  tags(): void {
    for (let left = this.varint(); left > 0; left--) {
      this.varint();
      this.at += this.varint();
    }
  }

  bytes(): Buffer {
    const length = Math.max(0, this.int32());
    this.at += length;
    return this.buffer.subarray(this.at - length, this.at);
  }
}
