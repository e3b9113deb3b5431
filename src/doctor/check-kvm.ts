import { accessSync, constants, existsSync } from 'node:fs';
import type { Finding } from './finding';

const DEVICE = '/dev/kvm';

/** @param wanted whether an environment of the project uses the device */
export function checkKvm(wanted: boolean): Finding {
  if (canUse()) return { check: 'kvm', ok: true, text: `${DEVICE} can be used` };
  const exists = existsSync(DEVICE);
  const text = exists ? `no permission to use ${DEVICE}` : `there is no ${DEVICE}`;
  if (!wanted) return { check: 'kvm', ok: true, text: `${text}; the project does not ask for it` };
  const remedy = exists
    ? 'Add yourself to the group that owns it (kvm), and log in again.'
    : 'Switch virtualization on in the firmware, or nested virtualization in the hypervisor, and load kvm_intel or kvm_amd.';
  return { check: 'kvm', ok: false, text, remedy };
}

function canUse(): boolean {
  try {
    accessSync(DEVICE, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
