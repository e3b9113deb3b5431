import type { PackageSpec } from './package-spec';

type Defaults = Pick<PackageSpec, 'spec' | 'tarball' | 'rpmbuild' | 'expect' | 'exports'> & {
  source: Pick<PackageSpec['source'], 'dirty' | 'exclude'>;
  /** Variable of the packaging folder; without it the spec file is in the tree. */
  packagingVariable: string | undefined;
};

export const RECIPES = ['libvirt', 'qemu', 'spec'] as const;
export type RecipeName = (typeof RECIPES)[number];

const tarball = { options: [], prefix: '{name}-{version}', command: '', output: '' };
const rpmbuild = { check: false, requires: false, with: [], without: [], defines: {} };

/**
 * What a recipe says of the package that uses it.
 * @param name of the package
 * @see https://libvirt.org/compiling.html
 * @see https://gitlab.com/redhat/centos-stream/rpms/qemu-kvm
 */
export function recipeDefaults(recipe: RecipeName, name: string): Defaults {
  switch (recipe) {
    case 'libvirt':
      return {
        source: { dirty: 'error', exclude: ['build'] },
        packagingVariable: undefined,
        spec: 'build/libvirt.spec',
        tarball: {
          ...tarball,
          method: 'meson-dist',
          options: ['-Dsystem=true', '-Ddriver_qemu=enabled'],
        },
        rpmbuild: { ...rpmbuild, mode: 'ta' },
        expect: ['libvirt-client', 'libvirt-devel', 'libvirt-daemon-driver-qemu'],
        exports: { LIBVIRT_VERSION: 'libvirt-libs' },
      };
    case 'qemu':
      return {
        source: { dirty: 'include', exclude: ['build'] },
        packagingVariable: 'QEMU_KVM_DIR',
        spec: 'qemu-kvm.spec',
        tarball: { ...tarball, method: 'tar', prefix: 'qemu-{version}' },
        rpmbuild: { ...rpmbuild, mode: 'bb' },
        expect: ['qemu-img'],
        exports: { QEMU_VERSION: 'qemu-img' },
      };
    case 'spec':
      return {
        source: { dirty: 'include', exclude: [] },
        packagingVariable: undefined,
        spec: `${name}.spec`,
        tarball: { ...tarball, method: 'tar' },
        rpmbuild: { ...rpmbuild, mode: 'bb' },
        expect: [],
        exports: { [`${variablePrefix(name)}_VERSION`]: name },
      };
  }
}

/** `OSINFO_DB_TOOLS` for `osinfo-db-tools`: what a package's variables begin with. */
export function variablePrefix(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}
