import { isInScope } from '../../functions/core/settings/scope.ts';
import { AppError } from '../../functions/errors.ts';
import { ask, find } from './ask.ts';
import { type Check, ok, problem } from './check.ts';

/** The machine and who uses it. */
export const machineChecks: readonly Check[] = [
  {
    id: 'node',
    async examine({ nodeVersion }) {
      const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
      if (major > 22 || (major === 22 && minor >= 13)) return ok(`Node ${nodeVersion}`);
      return problem(`Node ${nodeVersion} is too old`, 'Install Node 24: https://nodejs.org');
    },
  },
  {
    id: 'settings',
    async examine({ settings }) {
      try {
        const { capabilities, exemptions } = await settings();
        const number = exemptions.length;
        const exempt = `${number} ${number === 1 ? 'exemption' : 'exemptions'}`;
        return ok(`they parse; capabilities: ${capabilities.join(', ') || 'none'}; ${exempt}`);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return problem(error.message, error.hint ?? 'docs/settings.md has every field');
      }
    },
  },
  {
    id: 'login',
    async examine({ login }) {
      const who = await login();
      if (who !== undefined) return ok(`logged in as ${who}`);
      return problem('nobody is logged in', 'gcloud auth application-default login');
    },
  },
  {
    id: 'clock',
    async examine({ clients, ownProject, clock }) {
      const { projects } = await clients.resourceManager();
      const before = clock.now();
      const { headers } = await ask(() => projects.get({ projectId: ownProject }));
      return judgeClock(readDate(headers), (before + clock.now()) / 2);
    },
  },
  {
    id: 'project',
    async examine({ clients, project }) {
      const { projects } = await clients.resourceManager();
      const found = await find(() => projects.get({ projectId: project }));
      const state = found?.data.lifecycleState;
      if (state === 'ACTIVE') return ok(`${project} is there, number ${found?.data.projectNumber}`);
      return problem(
        `${project} ${state === undefined ? 'is not there' : `is in state ${state}`}`,
        'Put it into scope.exclude of sallyport.yaml, or restore it: gcloud projects undelete PROJECT',
      );
    },
  },
  {
    id: 'scope',
    async examine({ settings, project, ownProject }) {
      const { scope } = await settings();
      if (isInScope(project, scope, ownProject)) return ok(`${project} is watched`);
      return problem(`${project} is not in scope: nobody watches it`, 'Change scope in sallyport.yaml, and deploy');
    },
  },
];

/** Tokens, signatures and task names go by the clock: a minute is too much (Slack's five are the widest). */
const mostMs = 60_000;

function judgeClock(google: number | undefined, here: number) {
  if (google === undefined) throw new Error('Google’s answer has no date');
  // Google's date has whole seconds.
  const skew = Math.round((here - google - 500) / 1000);
  const words = `${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} Google's`;
  if (Math.abs(skew) * 1000 < mostMs) return ok(Math.abs(skew) <= 2 ? "agrees with Google's" : words);
  return problem(`this machine's clock is ${words}`, 'sudo timedatectl set-ntp true');
}

function readDate(headers: unknown): number | undefined {
  const date = headers instanceof Headers ? headers.get('date') : Object(headers).date;
  const time = Date.parse(String(date));
  return Number.isNaN(time) ? undefined : time;
}
