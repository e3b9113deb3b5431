/** Shorter values are words that stand in a text by chance. */
const SHORTEST = 6;

const secrets = new Set<string>();

/**
 * Notes a password or a token, so that {@link redact} takes it out of whatever is printed: servers
 * and helper programs repeat in their errors what they were sent.
 */
export function keepSecret(value: string): void {
  for (const form of [value, encodeURIComponent(value)]) {
    if (form.length >= SHORTEST) secrets.add(form);
  }
}

/** The text without the secrets that were noted before. */
export function redact(text: string): string {
  let result = text;
  for (const secret of secrets) result = result.replaceAll(secret, '***');
  return result;
}
