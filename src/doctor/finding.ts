/** What one look at the machine found. */
export interface Finding {
  /** What was looked at. */
  check: 'engine' | 'kvm' | 'config' | 'disk' | 'ids';
  ok: boolean;
  text: string;
  /** One thing to do about it. */
  remedy?: string | undefined;
}
