import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildenv, type CliResult } from '../support/cli';
import { ASSERTION, PIPELINE_TOKEN } from './bed/oauth-answers';
import { ADMIN, APPLICATION, READER, RegistryBed, SCOPED } from './bed/registry-bed';
import { registrySuite } from './registry-suite';

const basic = ({ username, password }: { username: string; password: string }) => ({
  auth: Buffer.from(`${username}:${password}`).toString('base64'),
});

registrySuite('buildenv login', () => {
  let bed: RegistryBed;
  let folder: string;
  beforeAll(async () => {
    bed = await RegistryBed.start();
  });
  afterAll(() => bed.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'buildenv-login-'));
    mkdirSync(join(folder, 'docker'));
    mkdirSync(join(folder, 'bin'));
  });
  afterEach(() => {
    bed.faults.clear();
    rmSync(folder, { recursive: true });
  });

  /** @param registry keys of the registry after its URL */
  function login(registry: string, env: Record<string, string> = {}, ...more: string[]) {
    writeFileSync(
      join(folder, 'buildenv.yaml'),
      `version: 1\nproject: km\nregistries:\n  bed: { url: '${bed.host}', ca: ${bed.caFile}, ${registry} }\n`,
    );
    return run(['login', ...more], env);
  }

  function run(args: readonly string[], env: Record<string, string>): Promise<CliResult> {
    return buildenv(args, {
      cwd: folder,
      env: {
        DOCKER_CONFIG: join(folder, 'docker'),
        HOME: folder,
        PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
        NO_PROXY: '*',
        ...env,
      },
    });
  }

  const writeDockerConfig = (config: object) =>
    writeFileSync(join(folder, 'docker/config.json'), JSON.stringify(config));

  function writeProgram(name: string, script: string): void {
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  function expectLogin(result: CliResult, identity: string): void {
    expect(result.status === 0 ? '' : result.stderr).toBe('');
    expect(result.stdout.toString()).toMatch(
      new RegExp(`^${bed.host}: logged in as ${identity}( until \\S+Z)?\n$`),
    );
  }

  describe("with the docker client's configuration", () => {
    test('auths: a user and a password', async () => {
      writeDockerConfig({ auths: { [bed.host]: basic(ADMIN) } });
      expectLogin(await login('auth: docker'), ADMIN.username);
    });

    test('auths: the URL that old clients wrote', async () => {
      writeDockerConfig({ auths: { [`https://${bed.host}/v1/`]: basic(READER) } });
      expectLogin(await login('auth: docker'), READER.username);
    });

    test('auths: an identity token beside an empty password', async () => {
      const token = bed.tokens.exchange(bed.tokens.entraToken(APPLICATION.client, 'tenant')) ?? '';
      const guid = '00000000-0000-0000-0000-000000000000';
      const entry = { ...basic({ username: guid, password: '' }), identitytoken: token };
      writeDockerConfig({ auths: { [bed.host]: entry } });
      const result = await login('auth: docker');
      expectLogin(result, APPLICATION.client);
      expect(result.stdout.toString()).toMatch(/until \d{4}-\d\d-\d\dT/);
    });

    test('credHelpers go before credsStore, and that before auths', async () => {
      const answer = (username: string, password: string) =>
        `read server; [ "$1 $server" = "get ${bed.host}" ] || exit 9\n` +
        `printf '{"Username":"${username}","Secret":"${password}"}'`;
      writeProgram('docker-credential-own', answer(SCOPED.username, SCOPED.password));
      writeProgram('docker-credential-all', answer(READER.username, READER.password));
      const config = { auths: { [bed.host]: basic(ADMIN) }, credsStore: 'all' };
      writeDockerConfig({ ...config, credHelpers: { [bed.host]: 'own', 'other.org': 'all' } });
      expectLogin(await login('auth: docker'), SCOPED.username);
      writeDockerConfig(config);
      expectLogin(await login('auth: docker'), READER.username);
    });

    test('a helper that answers with an identity token', async () => {
      const token = bed.tokens.exchange(bed.tokens.entraToken(APPLICATION.client, 'tenant')) ?? '';
      writeProgram(
        'docker-credential-token',
        `printf '{"Username":"<token>","Secret":"${token}"}'`,
      );
      writeDockerConfig({ credsStore: 'token' });
      expectLogin(await login('auth: docker'), APPLICATION.client);
    });

    test('a helper that has none leaves nobody, whatever the file says', async () => {
      writeProgram(
        'docker-credential-none',
        'echo "credentials not found in native keychain"; exit 1',
      );
      writeDockerConfig({ auths: { [bed.host]: basic(ADMIN) }, credsStore: 'none' });
      expectLogin(await login('auth: docker'), 'anonymous');
    });

    test('a helper that fails, or is not there, is an error that names it', async () => {
      writeProgram('docker-credential-locked', 'echo "the keychain is locked" >&2; exit 1');
      writeDockerConfig({ credsStore: 'locked' });
      const failed = await login('auth: docker');
      expect(failed.status).toBe(1);
      expect(failed.stderr).toContain('docker-credential-locked failed: the keychain is locked');
      writeDockerConfig({ credsStore: 'gone' });
      const missing = await login('auth: docker');
      expect(missing.status).toBe(1);
      expect(missing.stderr).toContain('docker-credential-gone cannot be started');
      expect(missing.stderr).toContain('→ Install docker-credential-gone');
    });

    test('no file is nobody; a broken one is an error that names it', async () => {
      expectLogin(await login('auth: docker'), 'anonymous');
      writeFileSync(join(folder, 'docker/config.json'), '{"auths": ');
      const { status, stderr } = await login('auth: docker');
      expect(status).toBe(1);
      expect(stderr).toContain(`Cannot read the docker configuration ${folder}/docker/config.json`);
    });

    test('a wrong password: who says no, where it came from, and what to do', async () => {
      writeDockerConfig({ auths: { [bed.host]: basic({ ...ADMIN, password: 'wrong-password' }) } });
      const { status, stderr } = await login('auth: docker', {}, '--verbose');
      expect(status).toBe(1);
      expect(stderr).toContain(`Cannot log in to ${bed.host}`);
      expect(stderr).toContain(`the docker configuration ${folder}/docker/config.json`);
      expect(stderr).toContain(`→ Log in with \`docker login ${bed.host}\``);
      expect(stderr).not.toContain('wrong-password');
    });

    test('a host without a configuration, as JSON', async () => {
      writeDockerConfig({ auths: { [bed.host]: basic(ADMIN) } });
      const { status, stdout } = await run(['login', bed.host, '--json'], {});
      expect(status).toBe(0);
      const expected = { registry: bed.host, identity: ADMIN.username, expires: null };
      expect(JSON.parse(stdout.toString())).toEqual(expected);
    });
  });

  describe('with a user and a variable', () => {
    const keys = `auth: basic, username: ${SCOPED.username}, passwordVariable: BED_PASSWORD`;

    test('the password is in the variable', async () => {
      expectLogin(await login(keys, { BED_PASSWORD: SCOPED.password }), SCOPED.username);
    });

    test('without it, the error names the variable', async () => {
      const { status, stderr } = await login(keys);
      expect(status).toBe(1);
      expect(stderr).toContain('The variable BED_PASSWORD');
    });
  });

  describe('with Entra ID', () => {
    const azure = (more = '') =>
      `auth: azure, azure: { authorityHost: '${bed.authority}', disableInstanceDiscovery: true${more} }`;
    const application = {
      AZURE_TENANT_ID: APPLICATION.tenant,
      AZURE_CLIENT_ID: APPLICATION.client,
    };

    test('a secret in the environment; nothing is stored', async () => {
      const env = { ...application, AZURE_CLIENT_SECRET: APPLICATION.secret };
      const result = await login(azure(), env);
      expectLogin(result, APPLICATION.client);
      const until = Date.parse(/until (\S+)/.exec(result.stdout.toString())?.[1] ?? '');
      expect((until - Date.now()) / 3_600_000).toBeCloseTo(3, 1);
      expect(readdirSync(folder).sort()).toEqual(['bin', 'buildenv.yaml', 'docker']);
      expect(readdirSync(join(folder, 'docker'))).toEqual([]);
    });

    test('workload identity: a token in a file', async () => {
      writeFileSync(join(folder, 'token'), ASSERTION);
      const env = { ...application, AZURE_FEDERATED_TOKEN_FILE: join(folder, 'token') };
      expectLogin(await login(azure(), env), APPLICATION.client);
    });

    const pipeline = () => ({
      SYSTEM_ACCESSTOKEN: PIPELINE_TOKEN,
      SYSTEM_OIDCREQUESTURI: `${bed.authority}/oidc`,
    });

    test('a service connection of the configuration', async () => {
      const { tenant, client } = APPLICATION;
      const keys = `, tenant: ${tenant}, client: ${client}, serviceConnection: connection-1`;
      expectLogin(await login(azure(keys), pipeline()), APPLICATION.client);
      const { status, stderr } = await login(azure(keys));
      expect(status).toBe(1);
      expect(stderr).toContain('The service connection connection-1 works in a step of Azure');
      expect(stderr).toContain('SYSTEM_ACCESSTOKEN: $(System.AccessToken)');
    });

    test("the service connection of the pipeline's step", async () => {
      const step = {
        AZURESUBSCRIPTION_TENANT_ID: APPLICATION.tenant,
        AZURESUBSCRIPTION_CLIENT_ID: APPLICATION.client,
        AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: 'connection-2',
      };
      expectLogin(await login(azure(), { ...pipeline(), ...step }), APPLICATION.client);
    });

    test('the Azure CLI', async () => {
      const token = bed.tokens.entraToken(APPLICATION.client, APPLICATION.tenant);
      const answer = { accessToken: token, expiresOn: '2099-01-01 00:00:00.000000' };
      writeProgram('az', `echo '${JSON.stringify(answer)}'`);
      const env = { AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential' };
      expectLogin(await login(azure(), env), APPLICATION.client);
    });

    test('a wrong secret is an error without the secret', async () => {
      const env = { ...application, AZURE_CLIENT_SECRET: 'no-such-secret-99' };
      const { status, stderr } = await login(azure(), env, '--verbose');
      expect(status).toBe(1);
      expect(stderr).toContain(`Entra ID gives no token for ${bed.host}`);
      expect(stderr).toContain('→ ');
      expect(stderr).not.toContain('no-such-secret-99');
    });

    test('no identity at all names the ways to have one', async () => {
      const env = { AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' };
      const { status, stderr } = await login(azure(), env);
      expect(status).toBe(1);
      expect(stderr).toContain('az login');
    });

    test('an application that the registry does not know', async () => {
      bed.faults.add({ path: /^\/oauth2\/exchange/, kind: 'status', status: 401 });
      const env = { ...application, AZURE_CLIENT_SECRET: APPLICATION.secret };
      const { status, stderr } = await login(azure(), env);
      expect(status).toBe(1);
      expect(stderr).toContain('does not allow it with Entra ID');
      expect(stderr).toContain('AcrPush');
    });
  });

  test('nobody is let in as anonymous', async () => {
    expectLogin(await login('auth: anonymous'), 'anonymous');
  });

  test('an outage is no matter of credentials', async () => {
    writeDockerConfig({ auths: { [bed.host]: basic(ADMIN) } });
    bed.faults.add({ path: /^\/v2\/$/, kind: 'status', status: 503, times: 9 });
    const { status, stderr } = await login('auth: docker');
    expect(status).toBe(1);
    expect(stderr).toContain(`${bed.host} is out of order: status 503`);
    expect(stderr).toContain('the credentials are not the reason');
  });
});
