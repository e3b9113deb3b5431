import { BuildenvError } from '../../errors/buildenv-error';
import { chooseAddressPool } from './address-pool';
import type { HostPrograms } from './host-programs';

/**
 * The container network of a private engine.
 *
 * Two Docker engines that manage one packet filter share its DOCKER chains, and each empties them
 * when it starts; so the private one leaves the filter alone. A bridge of its own and three rules
 * for its own address pool do what its containers need: they reach what the machine reaches. What
 * the engine would add is missing: its user-defined networks are not isolated from each other.
 */
export class PrivateNetwork {
  readonly bridge: string;
  private readonly programs: HostPrograms;
  private readonly comment: string;

  /** @param id up to 12 characters that tell this engine from the machine's other ones */
  constructor(programs: HostPrograms, id: string) {
    this.programs = programs;
    this.bridge = `be-${id}`;
    this.comment = `buildenv-${id}`;
  }

  /**
   * @param preferred the pool of last time: networks that the engine remembers have addresses of it
   * @returns the address pool, 65,536 addresses of which the bridge has the first 256
   * @throws {BuildenvError} `host`
   */
  async up(preferred: string | undefined): Promise<string> {
    await this.down(preferred);
    const pool = chooseAddressPool(await this.ip('-4', 'route', 'show'), preferred);
    if (pool === undefined) {
      throw new BuildenvError('host', 'every private IPv4 range is in use on this machine', {
        hint: 'Start an engine with addresses of your choice and set DOCKER_HOST.',
      });
    }
    await this.ip('link', 'add', this.bridge, 'type', 'bridge');
    await this.ip('addr', 'add', pool.replace('.0.0/16', '.0.1/24'), 'dev', this.bridge);
    await this.ip('link', 'set', this.bridge, 'up');
    await this.allow(pool);
    return pool;
  }

  /**
   * Removes the rules, the bridge and the bridges that the engine made from its pool; nothing
   * happens where they are gone.
   */
  async down(pool: string | undefined): Promise<void> {
    await this.removeRules('filter', 'FORWARD');
    await this.removeRules('nat', 'POSTROUTING');
    const bridges = new Set([
      this.bridge,
      ...(pool === undefined ? [] : await this.bridgesIn(pool)),
    ]);
    const existing = await this.linkNames();
    for (const name of existing.filter((link) => bridges.has(link))) {
      await this.ip('link', 'delete', name);
    }
  }

  private async allow(pool: string): Promise<void> {
    const mark = ['-m', 'comment', '--comment', this.comment];
    const answers = ['-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED'];
    await this.iptables('-I', 'FORWARD', '-s', pool, ...mark, '-j', 'ACCEPT');
    await this.iptables('-I', 'FORWARD', '-d', pool, ...answers, ...mark, '-j', 'ACCEPT');
    const outside = ['-s', pool, '!', '-d', pool];
    await this.iptables('-t', 'nat', '-A', 'POSTROUTING', ...outside, ...mark, '-j', 'MASQUERADE');
  }

  private async removeRules(table: string, chain: string): Promise<void> {
    const rules = (await this.iptables('-t', table, '-S', chain)).split('\n');
    for (const rule of rules) {
      const [verb, ...rest] = rule.split(' ');
      if (verb !== '-A' || !rest.includes(this.comment)) continue;
      await this.iptables('-t', table, '-D', ...rest);
    }
  }

  private async bridgesIn(pool: string): Promise<string[]> {
    const lines = (await this.ip('-4', '-o', 'addr', 'show', 'to', pool)).split('\n');
    return lines.flatMap((line) => line.split(/\s+/)[1] ?? []);
  }

  private async linkNames(): Promise<string[]> {
    const lines = (await this.ip('-o', 'link', 'show', 'type', 'bridge')).split('\n');
    return lines.flatMap((line) => line.split(/:\s+/)[1] ?? []);
  }

  private ip(...args: string[]): Promise<string> {
    return this.programs.run('ip', args);
  }

  private iptables(...args: string[]): Promise<string> {
    return this.programs.run('iptables', ['-w', ...args]);
  }
}
