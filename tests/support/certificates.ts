// Certificates for tests, made anew by openssl: a certificate authority, a broker's and a client's key and
// certificate, and another authority that nobody trusts.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeyPair {
  /** Path of the certificate, PEM. */
  readonly cert: string;
  /** Path of the key, PEM. */
  readonly key: string;
}

export interface Certificates {
  /** Path of the authority's certificate, PEM. */
  readonly ca: string;
  /** For localhost, 127.0.0.1 and ::1; `pem` has key and certificate, as a broker takes them. */
  readonly server: KeyPair & { readonly pem: string };
  readonly client: KeyPair;
  /** The client's key, encrypted with `passphrase`. */
  readonly encryptedKey: string;
  readonly passphrase: string;
  /** An authority that has signed nothing here. */
  readonly strangerCa: string;
}

/** @param dir directory for the files, which is there */
export function makeCertificates(dir: string): Certificates {
  const path = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const authority = (name: string): KeyPair => {
    const pair = { cert: path(`${name}.crt`), key: path(`${name}.key`) };
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', pair.key, '-out', pair.cert],
    );
    return pair;
  };
  const ca = authority('authority');
  const signed = (name: string, extensions: string): KeyPair => {
    const pair = { cert: path(`${name}.crt`), key: path(`${name}.key`) };
    const [request, extra] = [path(`${name}.csr`), path(`${name}.ext`)];
    writeFileSync(extra, extensions);
    openssl(
      ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`],
      ...['-keyout', pair.key, '-out', request],
    );
    openssl(
      ...['x509', '-req', '-in', request, '-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial'],
      ...['-days', '2', '-extfile', extra, '-out', pair.cert],
    );
    return pair;
  };
  const server = signed('server', 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n');
  const client = signed('client', 'extendedKeyUsage=clientAuth\n');
  const pem = path('server.pem');
  writeFileSync(pem, readFileSync(server.key, 'utf8') + readFileSync(server.cert, 'utf8'));
  const [encryptedKey, passphrase] = [path('client.encrypted.key'), 'open sesame'];
  openssl(
    ...['pkcs8', '-topk8', '-in', client.key, '-out', encryptedKey],
    ...['-v2', 'aes-256-cbc', '-passout', `pass:${passphrase}`],
  );
  return {
    ca: ca.cert,
    server: { ...server, pem },
    client,
    encryptedKey,
    passphrase,
    strangerCa: authority('stranger').cert,
  };
}
