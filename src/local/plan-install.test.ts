import { packageManagers } from './package-manager';
import { parsePackages } from './packages';
import { planInstall } from './plan-install';

const [apt, dnf] = packageManagers as [(typeof packageManagers)[0], (typeof packageManagers)[0]];
const chosen = parsePackages('make 4.3-4.1\ngcc 4:12.2.0-3\nbats 1.8.2-1\n');

it('installs what is missing, in order', () => {
  const installed = parsePackages('make 4.4\nlibc6 2.36\n');
  const plan = planInstall({ manager: apt, chosen, installed, root: true, yes: false });
  expect(plan.missing).toEqual(['bats', 'gcc']);
  expect(plan.argv.join(' ')).toBe('apt-get install --no-install-recommends bats gcc');
});

it('asks nothing when told so, and is root by sudo', () => {
  const request = { chosen, installed: new Map(), root: false, yes: true };
  expect(planInstall({ manager: apt, ...request }).argv.join(' ')).toBe(
    'sudo apt-get install --no-install-recommends --yes bats gcc make',
  );
  expect(planInstall({ manager: dnf, ...request }).argv.join(' ')).toBe(
    'sudo dnf install --setopt=install_weak_deps=False --assumeyes bats gcc make',
  );
});

it('does nothing where nothing is missing', () => {
  const plan = planInstall({ manager: apt, chosen, installed: chosen, root: true, yes: true });
  expect(plan).toEqual({ missing: [], argv: [] });
});
