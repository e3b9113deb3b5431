import { dirname, resolve } from 'node:path';
import { ConfigError } from '../errors/config-error';
import type { ConfigProblem } from '../errors/config-error';
import { checkConflicts } from './checks/check-conflicts';
import { checkPaths } from './checks/check-paths';
import { checkReferences } from './checks/check-references';
import { checkRegistries } from './checks/check-registries';
import { checkSchema } from './schema/check-schema';
import type { Finding } from './finding';
import { offsetOf, positionAt } from './yaml/locate';
import { parseYaml } from './yaml/parse-yaml';
import type { ParsedYaml } from './yaml/parse-yaml';
import type { Project } from './project';
import type { ProjectFile } from './project-file';
import { readLock } from './read-lock';
import { readSource } from './yaml/read-source';
import { toProject } from './to-project';

/** Findings of the schema, and those of the other checks about what the schema found right. */
function findingsIn(value: unknown, root: string): Finding[] {
  const wrong = checkSchema(value);
  const key = ({ path }: Finding): string => JSON.stringify(path);
  const known = new Set(wrong.map(key));
  const more = [
    ...checkReferences(value),
    ...checkPaths(value, root),
    ...checkConflicts(value),
    ...checkRegistries(value),
  ];
  return [...wrong, ...more.filter((finding) => !known.has(key(finding)))];
}

/** Text from the file without control characters, which a terminal would obey. */
function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** All problems, in the order of the file. */
function problemsOf(source: string, yaml: ParsedYaml, findings: Finding[]): ConfigProblem[] {
  const tree = findings.length > 0 ? yaml.tree() : undefined;
  const located = findings.map((finding) => ({
    ...positionAt(source, tree ? offsetOf(tree, finding) : 0),
    message: finding.message,
    hint: finding.hint,
  }));
  return [...yaml.problems, ...located]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map((problem) => ({
      ...problem,
      message: printable(problem.message),
      hint: problem.hint && printable(problem.hint),
    }));
}

/**
 * Reads, validates and normalises a `buildenv.yaml`.
 * @param file path of the file
 * @throws {ConfigError} with all that is wrong in it
 * @throws {BuildenvError} `config` when it cannot be read
 */
export function loadProject(file: string): Project {
  const path = resolve(file);
  const source = readSource(path);
  const yaml = parseYaml(source);
  const findings = yaml.value === undefined ? [] : findingsIn(yaml.value, dirname(path));
  const problems = problemsOf(source, yaml, findings);
  if (problems.length > 0) throw new ConfigError(path, problems);
  return toProject(yaml.value as ProjectFile, path, readLock(dirname(path)));
}
