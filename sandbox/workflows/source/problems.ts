/** Why a workflow cannot be deployed. Each name is a rule of its own. */
export type RuleName =
  | 'alias'
  | 'argument'
  | 'blocking-call-in-expression'
  | 'duplicate-parameter'
  | 'duplicate-step'
  | 'duplicate-subworkflow'
  | 'empty'
  | 'expression'
  | 'expression-in-text'
  | 'expression-length'
  | 'jump'
  | 'nesting'
  | 'no-main'
  | 'parallel-return'
  | 'retry'
  | 'schema'
  | 'shared-variable'
  | 'source-size'
  | 'step'
  | 'too-many-assignments'
  | 'too-many-branches'
  | 'too-many-conditions'
  | 'too-many-parameters'
  | 'unknown-function'
  | 'unknown-step-kind'
  | 'unshared-variable'
  | 'value'
  | 'yaml';

export interface SourceProblem {
  readonly rule: RuleName;
  readonly line: number;
  readonly message: string;
}

/** Collects what is wrong with a source. */
export class Problems {
  readonly found: SourceProblem[] = [];

  add(rule: RuleName, line: number, message: string): void {
    this.found.push({ rule, line, message });
  }
}

/** A workflow that is refused when it is deployed; all its problems, in the order of their lines. */
export class SourceRefused extends Error {
  readonly problems: readonly SourceProblem[];

  constructor(found: readonly SourceProblem[]) {
    const problems = found.toSorted((a, b) => a.line - b.line);
    super(problems.map(({ rule, line, message }) => `main.yaml:${line}: parse error: ${message} (${rule})`).join('\n'));
    this.name = 'SourceRefused';
    this.problems = problems;
  }
}
