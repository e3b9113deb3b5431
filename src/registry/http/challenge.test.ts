import { parseChallenge } from './challenge';

test.each([
  [
    'Bearer realm="https://r.example/oauth2/token",service="r.example"',
    { scheme: 'bearer', realm: 'https://r.example/oauth2/token', service: 'r.example' },
  ],
  [
    'bearer realm="https://a.example/t",service="a",scope="repository:x:pull,push",error="invalid_token"',
    { scheme: 'bearer', realm: 'https://a.example/t', service: 'a' },
  ],
  ['Bearer realm=https://a.example/t', { scheme: 'bearer', realm: 'https://a.example/t' }],
  ['Basic realm="Registry"', { scheme: 'basic' }],
  ['Bearer service="x"', undefined],
  ['Negotiate', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s', (header, expected) => expect(parseChallenge(header)).toEqual(expected));
