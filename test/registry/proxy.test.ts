import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRegistry } from '../../src/open-registry';
import type { Registry } from '../../src/registry/registry';
import { buildenv } from '../support/cli';
import { BEHIND_PROXY } from './bed/certificates';
import { ConnectProxy } from './bed/connect-proxy';
import { quick } from './bed/open-bed';
import { putImage } from './bed/put-image';
import { ADMIN, RegistryBed } from './bed/registry-bed';
import { failure } from './failure';
import { registrySuite } from './registry-suite';

const USER = 'employee';
const PASSWORD = 'proxy-password-5';

registrySuite('a registry behind a proxy', () => {
  let bed: RegistryBed;
  let proxy: ConnectProxy;
  beforeAll(async () => {
    bed = await RegistryBed.start();
  });
  afterAll(() => bed.stop());
  beforeEach(async () => {
    proxy = await ConnectProxy.start(USER, PASSWORD, Number(bed.host.split(':')[1]));
  });
  afterEach(() => proxy.stop());

  const address = (password = PASSWORD) => `http://${USER}:${password}@${proxy.host}`;

  function open(
    env: Readonly<Record<string, string>>,
    host: string = BEHIND_PROXY,
  ): Promise<Registry> {
    const { username, password } = ADMIN;
    const auth = { kind: 'basic', username, passwordVariable: 'BED_PASSWORD' } as const;
    const facts = { homedir: '/nonexistent', policy: quick, now: Date.now };
    return openRegistry(
      { name: 'bed', host, auth, caFile: bed.caFile },
      { ...facts, env: { BED_PASSWORD: password, ...env } },
    );
  }

  test('is asked through it, and its token server on this machine without it', async () => {
    const digest = await putImage(bed, 'km/proxied', ['v1']);
    const registry = await open({ HTTPS_PROXY: address() });
    expect(await registry.findDigest('km/proxied', 'v1')).toBe(digest);
    expect(await registry.findDigest('km/proxied', 'v2')).toBeUndefined();
    expect(proxy.asked).toEqual([`${BEHIND_PROXY}:443`]);
  });

  test('logs in, as a user has it, and shows no password', async () => {
    const config = `version: 1
project: behind-proxy
registries:
  bed:
    url: ${BEHIND_PROXY}
    auth: basic
    username: ${ADMIN.username}
    passwordVariable: BED_PASSWORD
    ca: ${bed.caFile}
`;
    writeFileSync(join(bed.folder, 'buildenv.yaml'), config);
    const login = (proxyAddress: string) =>
      buildenv(['login', '--verbose'], {
        cwd: bed.folder,
        env: { BED_PASSWORD: ADMIN.password, https_proxy: proxyAddress, NO_PROXY: undefined },
      });
    const { status, stdout, stderr } = await login(address());
    expect(status === 0 ? '' : stderr).toBe('');
    expect(stdout.toString()).toContain(ADMIN.username);

    const refused = await login(address('not-the-password'));
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(
      `Cannot reach ${BEHIND_PROXY}: the proxy does not connect to it: status 407`,
    );
    expect(refused.stderr).toContain('→ Check HTTPS_PROXY');
    expect(refused.stderr).not.toContain('not-the-password');

    const nonsense = await login('socks5://somewhere:1080');
    expect(nonsense.status).toBe(1);
    expect(nonsense.stderr).toContain('HTTPS_PROXY is not the address of an HTTP proxy');
  });

  test('is asked without it where NO_PROXY says so, and so is the loopback interface', async () => {
    const excepted = await open({ HTTPS_PROXY: address(), NO_PROXY: '.example' });
    const error = await failure(excepted.login());
    expect(error.code).toBe('registry-unreachable');
    expect(error.message).toContain(`${BEHIND_PROXY} does not answer`);
    const local = await open({ HTTPS_PROXY: address() }, bed.host);
    expect(await local.login()).toMatchObject({ identity: ADMIN.username });
    expect(proxy.asked).toEqual([]);
  });

  test('is asked again where the proxy is out of order for some time', async () => {
    proxy.refusal = 502;
    const registry = await open({ HTTPS_PROXY: address() });
    const error = await failure(registry.login());
    expect(error.code).toBe('registry-unreachable');
    expect(error.message).toContain('the proxy does not connect to it: status 502');
    expect(proxy.asked).toHaveLength(quick.attempts);
  });
});
