import type { ElfFile } from './elf-file';

/** What differs between the processors that programs are made for. */
export interface Machine {
  /** As engines name it: `amd64`. */
  architecture: string;
  /** The loader of programs of this kind with glibc. */
  loader: string;
  /** The architecture in names of musl's loader. */
  musl: string;
  /** Values of the token `$PLATFORM` on the processors of this kind. */
  platforms: readonly string[];
  /** Subfolders of `glibc-hwcaps` that the loader may take libraries from, depending on the processor. */
  hwcaps: readonly string[];
}

/** By `e_machine`, bits and byte order. */
const MACHINES: Readonly<Record<string, Machine>> = {
  '62 64 little': {
    architecture: 'amd64',
    loader: '/lib64/ld-linux-x86-64.so.2',
    musl: 'x86_64',
    platforms: ['haswell', 'xeon_phi', 'x86_64'],
    hwcaps: ['x86-64-v4', 'x86-64-v3', 'x86-64-v2'],
  },
  '62 32 little': {
    architecture: 'amd64',
    loader: '/libx32/ld-linux-x32.so.2',
    musl: 'x32',
    platforms: ['x86_64'],
    hwcaps: [],
  },
  '3 32 little': {
    architecture: '386',
    loader: '/lib/ld-linux.so.2',
    musl: 'i386',
    platforms: ['i386', 'i486', 'i586', 'i686'],
    hwcaps: [],
  },
  '183 64 little': {
    architecture: 'arm64',
    loader: '/lib/ld-linux-aarch64.so.1',
    musl: 'aarch64',
    platforms: ['aarch64'],
    hwcaps: [],
  },
  '40 32 little': {
    architecture: 'arm',
    loader: '/lib/ld-linux-armhf.so.3',
    musl: 'armhf',
    platforms: ['v6l', 'v7l', 'v8l'],
    hwcaps: [],
  },
  '243 64 little': {
    architecture: 'riscv64',
    loader: '/lib/ld-linux-riscv64-lp64d.so.1',
    musl: 'riscv64',
    platforms: [],
    hwcaps: [],
  },
  '21 64 little': {
    architecture: 'ppc64le',
    loader: '/lib64/ld64.so.2',
    musl: 'powerpc64le',
    platforms: ['power8', 'power9', 'power10'],
    hwcaps: ['power10', 'power9'],
  },
  '22 64 big': {
    architecture: 's390x',
    loader: '/lib/ld64.so.1',
    musl: 's390x',
    platforms: ['z13', 'z14', 'z15', 'z16'],
    hwcaps: ['z16', 'z15', 'z14', 'z13'],
  },
};

/** Undefined for a processor that is not known here. */
export function machineOf({ machine, bits, endian }: ElfFile): Machine | undefined {
  return MACHINES[`${machine} ${bits} ${endian}`];
}

/** Whether one can be loaded into the process of the other. */
export function sameMachine(one: ElfFile, other: ElfFile): boolean {
  return one.machine === other.machine && one.bits === other.bits && one.endian === other.endian;
}
