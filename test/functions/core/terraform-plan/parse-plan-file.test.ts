import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSettings } from '../../../../functions/config.ts';
import { checkPlan } from '../../../../functions/core/terraform-plan/check-plan.ts';
import { parsePlanFile } from '../../../../functions/core/terraform-plan/parse-plan-file.ts';
import { openPlanView } from '../../../../functions/core/terraform-plan/plan-view.ts';
import { indexTerraformSource } from '../../../../functions/core/terraform-plan/terraform-source.ts';
import { TerminalError } from '../../../../functions/errors.ts';
import { guardedShop, invokerGrant, planJson, refersTo } from '../../../support/plan-json.ts';

describe('parsePlanFile', () => {
  const refused: readonly (readonly [what: string, json: unknown, says: RegExp])[] = [
    ['a list', [], /no JSON object/],
    ['a state', { format_version: '1.0', values: {} }, /it is a state/],
    ['one line of terraform plan -json', { type: 'version' }, /no planned_values/],
    ['a plan of another age', { ...planJson([]), format_version: '2.0' }, /format_version "2\.0"/],
  ];
  for (const [what, json, says] of refused) {
    it(`refuses ${what}, and says what to run`, () => {
      assert.throws(
        () => parsePlanFile(json, 'plan.json'),
        (error: unknown) =>
          error instanceof TerminalError &&
          error.code === 'bad-usage' &&
          says.test(error.message) &&
          /terraform show -json/.test(error.hint ?? ''),
      );
    });
  }

  it('never breaks on a plan that somebody has bent', () => {
    const grant = invokerGrant('member', {
      unknown: { member: true },
      expressions: { member: refersTo('google_project_service_identity.iap.member') },
    });
    const whole = JSON.stringify(planJson([...guardedShop(), grant]));
    const places = [...whole.matchAll(/"(?:[^"\\]|\\.)*"|true|false|null|\d+/g)];
    const other = fc.constantFrom('null', 'true', '[]', '{}', '""', '7', '"x.y.z"', '["module.x[\\"y"]', '"__proto__"');
    fc.assert(
      fc.property(fc.nat(places.length - 1), other, (index, instead) => {
        const place = places[index];
        if (!place) return;
        const text = whole.slice(0, place.index) + instead + whole.slice(place.index + place[0].length);
        const json = parseJson(text);
        if (json === undefined) return;
        try {
          check(json);
        } catch (error) {
          if (!(error instanceof TerminalError)) throw error;
        }
      }),
      { numRuns: 400 },
    );
  });

  it('comes to an end where modules refer to each other in circles', () => {
    const circle = { references: ['module.a.x', 'module.a'] };
    const module = { outputs: { x: { expression: { references: ['var.x'] } } }, variables: { x: {} } };
    const plan = planJson([
      ...guardedShop(),
      invokerGrant('member', { unknown: { member: true }, expressions: { member: circle } }),
    ]);
    const configuration = plan['configuration'] as { root_module: object };
    const bent = {
      ...plan,
      resource_changes: [
        ...(plan['resource_changes'] as unknown[]),
        {
          address: 'module.a.google_x.y',
          mode: 'managed',
          type: 'google_x',
          name: 'y',
          change: { actions: ['create'], after: {} },
        },
      ],
      configuration: {
        ...configuration,
        root_module: { ...configuration.root_module, module_calls: { a: { expressions: { x: circle }, module } } },
      },
    };
    assert.equal(check(bent).unknown.length, 1);
  });
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A key was replaced by what cannot be one.
    return undefined;
  }
}

function check(json: unknown) {
  const view = openPlanView({
    plan: parsePlanFile(json, 'plan.json'),
    source: indexTerraformSource(new Map()),
    givenNumbers: new Map(),
  });
  return checkPlan(view, { settings: parseSettings(undefined), file: 'plan.json' });
}
