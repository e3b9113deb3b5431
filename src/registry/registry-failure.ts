import { BuildenvError } from '../errors/buildenv-error';
import type { CredentialSource } from './credentials/credential-source';

/** A registry that does not answer, or is out of order. */
export function unavailable(action: string, host: string, reason: string, cause?: unknown) {
  return new BuildenvError('registry-unreachable', `Cannot ${action}: ${host} ${reason}`, {
    hint: 'Try again later; the credentials are not the reason. Check the name and the network.',
    cause,
  });
}

/** Credentials that a registry does not accept, or that do not allow what is asked for. */
export function denied(action: string, host: string, source: CredentialSource, reason: string) {
  return new BuildenvError(
    'registry-denied',
    `Cannot ${action}: ${host} does not allow it with ${source.name}: ${reason}`,
    { hint: source.remedy },
  );
}

/** A registry's words: `{"errors": [{"code", "message"}]}` by the distribution specification. */
export function registryWords(status: number, body: Buffer): string {
  try {
    const { errors } = JSON.parse(body.toString('utf8')) as {
      errors?: { code?: string; message?: string }[];
    };
    const [first] = errors ?? [];
    if (first !== undefined) {
      return `${[first.code, first.message].filter(Boolean).join(', ')} (${status})`;
    }
  } catch {
    // Something before the registry answered, in another form.
  }
  return `status ${status}`;
}
