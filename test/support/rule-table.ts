import assert from 'node:assert/strict';
import { parseSettings } from '../../functions/config.ts';
import { type Evaluation, evaluate } from '../../functions/core/evaluate.ts';
import type { Finding } from '../../functions/core/finding.ts';
import type { Inventory } from '../../functions/core/inventory.ts';
import type { Memory } from '../../functions/core/memory.ts';
import type { Rule } from '../../functions/rules/rule.ts';

interface RuleInput {
  readonly estate: Inventory;
  /** As `sallyport.yaml` would hold them. */
  readonly settings?: unknown;
  /** Absent = nothing was written. */
  readonly refusedAgents?: readonly string[];
  /** What the ledger remembers; absent = no ledger. */
  readonly memory?: Memory;
}

export interface RuleCase extends RuleInput {
  /** What is the case, in a few words. */
  readonly title: string;
  /** Reason and resource of what the rule says it cannot judge; nothing unless given. */
  readonly notEvaluated?: readonly (readonly [string, string | undefined])[];
}

export interface RuleViolation extends RuleCase {
  /** Resource, subject, severity and mode of each finding, in order. */
  readonly findings: readonly ExpectedFinding[];
  /** Paths of each finding, in the same order, where the case is about them. */
  readonly via?: readonly (readonly string[])[];
}

type ExpectedFinding = readonly [string, string, Finding['severity'], Finding['mode']];

/** One test a row: what complies has no finding of the rule, what violates has exactly these, each with words and commands. */
export function describeRule(
  rule: Rule,
  { complies, violates }: { readonly complies: readonly RuleCase[]; readonly violates: readonly RuleViolation[] },
): void {
  describe(rule.id, () => {
    for (const one of complies) {
      it(`complies: ${one.title}`, () => {
        const { findings, notEvaluated } = findingsOf(rule, one);
        assert.deepEqual(findings, []);
        assertSaysGaps(rule, one, notEvaluated);
      });
    }
    for (const one of violates) {
      it(`violates: ${one.title}`, () => {
        const { findings, notEvaluated } = findingsOf(rule, one);
        assert.deepEqual(
          findings.map(({ resource, subject, severity, mode }) => [resource, subject, severity, mode]),
          one.findings,
        );
        if (one.via) {
          assert.deepEqual(
            findings.map(({ via }) => via),
            one.via,
          );
        }
        assertSaysGaps(rule, one, notEvaluated);
        for (const finding of findings) assertTellsAll(finding);
      });
    }
  });
}

/** The evaluation of an estate by one rule alone. */
export function findingsOf(rule: Rule, { estate, settings, refusedAgents, memory }: RuleInput): Evaluation {
  const written = refusedAgents === undefined ? {} : { refusedAgents };
  const remembered = memory === undefined ? {} : { memory };
  return evaluate(estate, { settings: parseSettings(settings), rules: [rule], ...written, ...remembered });
}

function assertSaysGaps({ id }: Rule, one: RuleCase, said: Evaluation['notEvaluated']): void {
  assert.deepEqual(
    said.filter(({ rule }) => rule === id).map(({ reason, resource }) => [reason, resource]),
    one.notEvaluated ?? [],
  );
}

/** A finding without a word or a command helps nobody. */
function assertTellsAll({ message, hint, want, have, fix }: Finding): void {
  for (const words of [message, hint, ...want, ...have, ...fix.gcloud, fix.terraform]) assert.notEqual(words, '');
  for (const list of [want, fix.gcloud]) assert.notEqual(list.length, 0);
}
