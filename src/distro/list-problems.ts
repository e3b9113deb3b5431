const MOST = 20;

/** One message for all that is wrong with a thing: in one line, or a line for each. */
export function listProblems(subject: string, problems: readonly string[]): string {
  if (problems.length === 1) return `${subject}: ${problems[0] ?? ''}`;
  const lines = problems.slice(0, MOST).map((problem) => `  ${problem}`);
  if (problems.length > MOST) lines.push(`  and ${problems.length - MOST} more`);
  return [`${subject}: ${problems.length} problems`, ...lines].join('\n');
}
