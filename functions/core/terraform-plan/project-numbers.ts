import { parseText, parseTexts } from '../estate/normalize/fields.ts';
import { nameOf, projectOf } from './place-of.ts';
import type { PlanView } from './plan-view.ts';

/** Before a project's name: stands for a number that comes with apply. */
export const numberWord = 'NUMBER-OF-';

export interface ProjectNumbers {
  /** The number, or a word that stands for it and for no other project's. */
  of(project: string): string;
  isKnown(project: string): boolean;
}

/**
 * Project numbers as far as a plan knows them: given by the user, of `google_project`, of a known service identity, or of
 * the URLs of services that exist. Where none is known a word stands for it, so that what refers to it still agrees.
 */
export function readProjectNumbers(view: PlanView): ProjectNumbers {
  const numbers = new Map(view.givenNumbers);
  const add = (project: string, number: string | undefined): void => {
    if (number !== undefined && !numbers.has(project)) numbers.set(project, number);
  };
  for (const resource of view.plan.resources.values()) {
    const { type, values } = resource;
    if (type === 'google_project') add(projectOf(view, resource), numberText(values['number']));
    if (type === 'google_project_service_identity') {
      add(projectOf(view, resource), /\bservice-(\d+)@/.exec(parseText(values['email']) ?? '')?.[1]);
    }
    if (type === 'google_cloud_run_v2_service') {
      const [, number] =
        parseTexts(values['urls'])
          .map((url) => runUrl.exec(url))
          .find((match) => match?.[1] === nameOf(view, resource) && match[3] === values['location'])
          ?.slice(1) ?? [];
      add(projectOf(view, resource), number);
    }
  }
  return {
    of: (project) => numbers.get(project) ?? `${numberWord}${project}`,
    isKnown: (project) => numbers.has(project),
  };
}

/** `https://SERVICE-NUMBER.REGION.run.app` */
const runUrl = /^https:\/\/(.+)-(\d+)\.([a-z0-9-]+)\.run\.app\/?$/;

function numberText(number: unknown): string | undefined {
  return typeof number === 'number' ? String(number) : parseText(number);
}
