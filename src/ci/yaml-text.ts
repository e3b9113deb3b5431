/** Text that YAML takes as it is, whatever follows a `key: `. */
const PLAIN = /^[A-Za-z./_][A-Za-z0-9 ./_=+@,-]*$/;
/** Words that are no text for one of the readers of YAML 1.1 or 1.2. */
const WORDS = /^(true|false|yes|no|on|off|null|y|n|~)$/i;

/** What single quotes can hold: no quote, nothing that needs an escape. */
const QUOTABLE = /^[^'\p{Cc}]*$/u;

/** A text as a value in YAML: plain where that is safe, else in quotes. */
export function yamlText(text: string): string {
  const plain = PLAIN.test(text) && !WORDS.test(text) && !text.endsWith(' ');
  if (plain) return text;
  return QUOTABLE.test(text) ? `'${text}'` : JSON.stringify(text);
}
