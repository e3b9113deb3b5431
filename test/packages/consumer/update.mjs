// Stands in for the update of a project that takes RPMs by checksum and URL: looks HELLO_VERSION up
// in the repository of CUSTOM_REPO and writes it into WORKSPACE. MISTAKE makes it err as such do.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const { CUSTOM_REPO, HELLO_VERSION, SINGLE_ARCH, BASESYSTEM, MISTAKE } = process.env;
console.log(`updating ${SINGLE_ARCH} on ${BASESYSTEM} to ${HELLO_VERSION}`);
if (MISTAKE === 'status') process.exit(3);

const base = /baseurl: (\S+)/.exec(readFileSync(CUSTOM_REPO, 'utf8'))[1];
const repomd = await (await fetch(`${base}repodata/repomd.xml`)).text();
const place = /<location href="([^"]*primary[.]xml[.]gz)"/.exec(repomd)[1];
const answer = await fetch(base + place);
const primary = gunzipSync(Buffer.from(await answer.arrayBuffer())).toString();
const [, evr] = /^\d+:(.*)$/.exec(HELLO_VERSION);
const file = `hello-${evr}.noarch.rpm`;
const entry = primary.split('</package>').find((one) => one.includes(file));
const sha256 = />([0-9a-f]{64})<\/checksum>/.exec(entry)[1];
const from = MISTAKE === 'elsewhere' ? 'http://official.example.org/' : base;

if (MISTAKE?.startsWith('/')) appendFileSync(MISTAKE, '# changed\n');
if (MISTAKE === 'stranger') appendFileSync('BUILD.bazel', '# changed\n');
if (MISTAKE !== 'nothing') {
  writeFileSync(
    'WORKSPACE',
    `rpm(\n    name = "hello",\n    sha256 = "${sha256}",\n    urls = ["${from}noarch/${file}"],\n)\n`,
  );
}
