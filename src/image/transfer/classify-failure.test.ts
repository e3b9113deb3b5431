import { classifyFailure } from './classify-failure';

test.each([
  ['toomanyrequests: too many requests', 'throttled'],
  ["error parsing HTTP 429 response body: invalid character '<'", 'throttled'],
  ['received unexpected HTTP status: 429 Too Many Requests', 'throttled'],
  ['toomanyrequests: You have reached your pull rate limit. denied', 'throttled'],
  ['denied: requested access to the resource is denied', 'denied'],
  ['pull access denied for x, repository does not exist or may require authorization', 'denied'],
  ['denied: unauthorized for this repository', 'denied'],
  ['unauthorized: authentication required', 'unauthorized'],
  ['no basic auth credentials', 'unauthorized'],
  ['received unexpected HTTP status: 503 Service Unavailable', 'outage'],
  ["error parsing HTTP 500 response body: unexpected end of JSON input: ''", 'outage'],
  ['Patch "https://r/v2/km/blobs/uploads/1": EOF', 'outage'],
  ['write tcp 127.0.0.1:1->127.0.0.1:2: use of closed network connection', 'outage'],
  ['read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer', 'outage'],
  ['Get "https://r/v2/": dial tcp 10.0.0.1:443: connect: connection refused', 'outage'],
  ['Get "https://r/v2/": net/http: TLS handshake timeout', 'outage'],
  ['manifest for r/km:1 not found: manifest unknown: manifest unknown', 'missing'],
  ['An image does not exist locally with the tag: r/km', 'other'],
  ['invalid reference format', 'other'],
])('%s', (words, expected) => expect(classifyFailure(words)).toBe(expected));
