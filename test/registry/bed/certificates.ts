import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  /** Paths of the files, in PEM. */
  certificateFile: string;
  keyFile: string;
  certificate: string;
  key: string;
}

/** A name of the bed that only a proxy finds. */
export const BEHIND_PROXY = 'registry.example';

/** A certificate that vouches for itself, for this machine's loopback names. */
export function selfSigned(folder: string, name: string, algorithm: 'ec' | 'rsa'): Certificate {
  const certificateFile = join(folder, `${name}.crt`);
  const keyFile = join(folder, `${name}.key`);
  const kind = algorithm === 'ec' ? ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : ['rsa:2048'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-nodes', '-days', '2', '-subj', `/CN=buildenv test ${name}`]
      .concat('-newkey', ...kind, '-keyout', keyFile, '-out', certificateFile)
      .concat('-addext', `subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:${BEHIND_PROXY}`),
    { stdio: 'pipe' },
  );
  const read = (file: string) => readFileSync(file, 'utf8');
  return { certificateFile, keyFile, certificate: read(certificateFile), key: read(keyFile) };
}
