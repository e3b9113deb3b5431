import { baseReferences } from './base-references';

test.each<[string, string, Record<string, string>, string[]]>([
  ['a tag', 'FROM debian:12', {}, ['debian:12']],
  [
    'a digest and a platform',
    'from --platform=linux/amd64 r.example:5000/a@sha256:1',
    {},
    ['r.example:5000/a@sha256:1'],
  ],
  ['stages', 'FROM a AS One\nFROM one AS two\nFROM scratch\nCOPY --from=two /a /a', {}, ['a']],
  ['an argument', 'ARG BASE\nFROM ${BASE}', { BASE: 'r/b:1' }, ['r/b:1']],
  ['an argument with a default', 'ARG BASE=r/b:1\nFROM $BASE', {}, ['r/b:1']],
  ['a default of arguments', 'ARG HOST=r.io\nARG BASE="${HOST}/b:1"\nFROM $BASE', {}, ['r.io/b:1']],
  ['a default in its use', 'ARG TAG\nFROM b:${TAG:-7}', {}, ['b:7']],
  ['an argument that is not known', 'ARG BASE\nFROM ${BASE}', {}, []],
  ['an argument of a stage', 'FROM a\nARG BASE=b\nFROM ${BASE:-c}', {}, ['a', 'c']],
  ['a copy from an image', 'FROM a\nCOPY --chown=1 --from=r/tools:2 /x /x', {}, ['a', 'r/tools:2']],
  ['a copy from a number', 'FROM a\nFROM b\nCOPY --from=0 /x /x', {}, ['a', 'b']],
  ['lines that go on', 'FROM \\\n  a\nRUN echo \\\n FROM b', {}, ['a']],
  ['twice the same', 'FROM a AS x\nFROM a', {}, ['a']],
  ['a comment', '# FROM a\nFROM b', {}, ['b']],
])('%s', (_name, dockerfile, args, expected) => {
  expect(baseReferences(dockerfile, args)).toEqual(expected);
});
