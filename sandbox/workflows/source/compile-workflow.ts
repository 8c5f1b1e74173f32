import { limits } from '../limits.ts';
import { toValue } from '../value.ts';
import { checkCalls } from './check-calls.ts';
import { checkJumps } from './check-jumps.ts';
import { checkSchema, type SchemaOptions } from './check-schema.ts';
import { checkScopes } from './check-scopes.ts';
import { compileSteps, isVariableName } from './compile-steps.ts';
import { Problems, SourceRefused } from './problems.ts';
import type { Parameter, Program, Routine } from './program.ts';
import { entryOf, readSource, type SourceNode, textOf } from './source-node.ts';

/** Reads a workflow and refuses, as Google does when it is deployed, what could only fail later. Throws SourceRefused with every problem by name and line. */
export async function compileWorkflow(source: string, schema?: SchemaOptions): Promise<Program> {
  const problems = new Problems();
  const size = Buffer.byteLength(source);
  if (size > limits.sourceBytes) {
    problems.add('source-size', 1, `the source has ${size} bytes, ${limits.sourceBytes} are allowed`);
    throw new SourceRefused(problems.found);
  }
  const root = readSource(source, problems);
  const routines = root ? compileRoutines(root, problems) : [];
  const program: Program = { routines: new Map(routines.map((routine) => [routine.name, routine])) };
  for (const routine of routines) {
    checkJumps(routine, problems);
    checkScopes(routine, problems);
    checkCalls(routine, program, problems);
  }
  if (root && problems.found.length === 0) await checkSchema(root, problems, schema);
  if (problems.found.length > 0) throw new SourceRefused(problems.found);
  return program;
}

/** A map with `main` and subworkflows, or the bare steps of a main without parameters. */
function compileRoutines(root: SourceNode, problems: Problems): Routine[] {
  if (root.kind === 'list')
    return [{ name: 'main', params: [], steps: compileSteps(root, 1, 'main', { problems, routine: 'main' }) }];
  if (root.kind !== 'map' || !entryOf(root, 'main')) {
    problems.add('no-main', root.line, "expected 'main' or a list of steps");
    return [];
  }
  return root.entries.map(({ key: name, value, line }) => {
    const c = { problems, routine: name };
    if (!/^[A-Za-z_]\w*$/.test(name)) problems.add('value', line, `'${name}' is not a name for a subworkflow`);
    for (const { key, line: at } of value.kind === 'map' ? value.entries : [])
      if (key !== 'params' && key !== 'steps')
        problems.add('unknown-step-kind', at, `in workflow '${name}': unexpected entry '${key}'`);
    return {
      name,
      params: compileParams(entryOf(value, 'params')?.value, name, problems),
      steps: compileSteps(entryOf(value, 'steps')?.value, line, 'steps', c),
    };
  });
}

function compileParams(node: SourceNode | undefined, routine: string, problems: Problems): Parameter[] {
  if (!node) return [];
  const where = `in workflow '${routine}'`;
  const most = routine === 'main' ? 1 : limits.parameters;
  if (node.kind !== 'list') {
    problems.add('value', node.line, `${where}: 'params' is not a list`);
    return [];
  }
  if (node.items.length > most)
    problems.add('too-many-parameters', node.line, `${where}: ${node.items.length} parameters, ${most} allowed`);
  const seen = new Set<string>();
  return node.items.flatMap((item) => {
    const entry = item.kind === 'map' ? item.entries[0] : undefined;
    const name = entry?.key ?? textOf(item);
    if (!isVariableName(name)) {
      problems.add('value', item.line, `${where}: a parameter is a name, or a name with its default`);
      return [];
    }
    if (seen.has(name)) problems.add('duplicate-parameter', item.line, `${where}: parameter '${name}' twice`);
    seen.add(name);
    if (!entry) return [{ name }];
    if (entry.value.kind === 'scalar') return [{ name, byDefault: toValue(entry.value.value) }];
    problems.add('value', item.line, `${where}: the default of '${name}' is no plain value`);
    return [{ name }];
  });
}
