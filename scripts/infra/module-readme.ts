import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const begin = '<!-- Inputs and outputs: written by npm run infra:generate -->';
const end = '<!-- end -->';

/**
 * A module's README with the tables of its inputs and outputs between two marks, as variables.tf and outputs.tf declare
 * them (in the form of `terraform fmt`). Throws if the marks are missing or something has no description.
 */
export function writeInputsAndOutputs(readme: string, folder: string): string {
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${folder}/README.md lacks "${begin}" or "${end}".`);
  const inputs = listBlocks(folder, 'variables.tf', 'variable').map(({ name, body }) => {
    const isRequired = !/^ {2}default\s/m.test(body);
    return `| \`${name}\` | ${describe(name, body, folder)} | ${isRequired ? '**required**' : defaultOf(body)} |`;
  });
  const outputs = listBlocks(folder, 'outputs.tf', 'output').map(
    ({ name, body }) => `| \`${name}\` | ${describe(name, body, folder)} |`,
  );
  const tables = [
    ...(inputs.length > 0 ? ['| input | | default |', '|---|---|---|', ...inputs, ''] : []),
    ...(outputs.length > 0 ? ['| output | |', '|---|---|', ...outputs, ''] : []),
  ];
  return `${before}${begin}\n\n${tables.join('\n')}\n${end}${after}`;
}

function listBlocks(folder: string, file: string, kind: string): readonly { name: string; body: string }[] {
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  const blocks = readFileSync(path, 'utf8').matchAll(new RegExp(`^${kind} "([^"]+)" \\{\\n(.*?)^\\}`, 'gms'));
  return [...blocks].map(([, name = '', body = '']) => ({ name, body }));
}

function describe(name: string, body: string, folder: string): string {
  const text = /^ {2}description\s*= (".*")$/m.exec(body)?.[1];
  if (text === undefined) throw new Error(`${folder}: ${name} has no description.`);
  return String(JSON.parse(text)).replaceAll('|', '\\|');
}

/** A default of several lines is cut: the file shows it. */
function defaultOf(body: string): string {
  const text = /^ {2}default\s*= (.*)$/m.exec(body)?.[1] ?? '';
  return /[{[]$/.test(text) ? 'see variables.tf' : `\`${text}\``;
}
