/**
 * What a JSON Web Token (RFC 7519) says of itself. Nothing is verified: the one who issued it does.
 * @returns undefined for a token of another kind
 */
export function tokenClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims === 'object' && claims !== null) return claims as Record<string, unknown>;
  } catch {
    // Opaque to everybody but its issuer.
  }
  return undefined;
}

/** When a token runs out, where it says so. */
export function tokenExpiry(token: string): Date | undefined {
  const expiry = tokenClaims(token)?.['exp'];
  return typeof expiry === 'number' ? new Date(expiry * 1000) : undefined;
}
