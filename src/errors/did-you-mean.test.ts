import { didYouMean } from './did-you-mean';

const KNOWN = ['dockerfile', 'context', 'needs', 'from'];

it.each([
  ['dockerfil', 'dockerfile'],
  ['dockreflie', 'dockerfile'],
  ['DOCKERFILE', 'dockerfile'],
  ['form', 'from'],
  ['need', 'needs'],
])('knows what %s was to be', (word, meant) => {
  expect(didYouMean(word, KNOWN)).toBe(`did you mean '${meant}'?`);
});

it.each(['zebra', '', 'x'.repeat(100_000)])('makes no wild guess', (word) => {
  expect(didYouMean(word, KNOWN)).toBeUndefined();
});
