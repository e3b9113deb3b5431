import { accessSync, constants, existsSync } from 'node:fs';
import { checkKvm } from './check-kvm';

function canUse(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

test('KVM is wrong only where it is wanted and cannot be used (here as this machine has it)', () => {
  const [wanted, unwanted] = [checkKvm(true), checkKvm(false)];
  expect(unwanted.ok).toBe(true);
  expect(wanted.ok).toBe(canUse());
  if (wanted.ok) expect(wanted.text).toBe('/dev/kvm can be used');
  else expect(wanted.remedy).toMatch(existsSync('/dev/kvm') ? /group/ : /virtualization/);
});
