/** Well below the 100 that the schema allows, so that image names can be made from it. */
const LONGEST = 60;

/** A valid project name made from any text, a folder's name say. */
export function projectName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-|-$/g, '');
  return name === '' || name === 'localhost' ? 'project' : name;
}
