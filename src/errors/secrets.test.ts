import { BuildenvError } from './buildenv-error';
import { keepSecret, redact } from './secrets';

test('a noted secret is taken out of texts and errors, as it is and as part of a URL', () => {
  expect(redact('uses p&ss/word of 2026')).toBe('uses p&ss/word of 2026');
  keepSecret('p&ss/word');
  expect(redact('p&ss/word and p&ss/word')).toBe('*** and ***');
  expect(redact('https://host/?token=p%26ss%2Fword')).toBe('https://host/?token=***');
  const error = new BuildenvError('host', 'failed with p&ss/word', { hint: 'not p&ss/word' });
  expect([error.message, error.hint]).toEqual(['failed with ***', 'not ***']);
});

test('a word that is too short to be told from others stays', () => {
  keepSecret('abc');
  keepSecret('');
  expect(redact('abc')).toBe('abc');
});
