/** What the loader needs to know of an ELF file. */
export interface ElfFile {
  bits: 32 | 64;
  endian: 'little' | 'big';
  /** `e_machine`. */
  machine: number;
  /** Whether a kernel or a loader can load it: a program or a shared object, no object file or core. */
  loadable: boolean;
  /** Whether it is marked as a position-independent program, which has no interpreter if static. */
  pie: boolean;
  /** Path of the loader. */
  interpreter: string | undefined;
  soname: string | undefined;
  /** Libraries by the names that it asks for. */
  needed: readonly string[];
  /** Folders, tokens not expanded; without those that a RUNPATH overrides. */
  rpath: readonly string[];
  runpath: readonly string[];
  /** `DF_1_NODEFLIB`: not to be searched for in the default folders. */
  noDefaultFolders: boolean;
}

/** An ELF file that breaks the rules of its format. */
export interface MalformedElf {
  /** Follows the file's name in a sentence: `has a program header beyond its end`. */
  malformed: string;
}
