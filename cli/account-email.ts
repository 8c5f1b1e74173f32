import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

type Environment = Record<string, string | undefined>;

/**
 * Who is logged in on this machine: gcloud's active account, else the service account of Application Default Credentials; in
 * a sandbox, where there is no login, the user of this machine. Undefined = nobody is known. What a person says of
 * themselves: it is as good as whoever may write the ledger. To be asked before the sandbox takes the login away.
 */
export function findAccountEmail(env: Environment = process.env, home = homedir()): string | undefined {
  if (env['SALLYPORT_SANDBOX_URL']) return userInfo().username;
  return env['CLOUDSDK_CORE_ACCOUNT'] || readGcloudAccount(env, home) || readServiceAccount(env);
}

function readGcloudAccount(env: Environment, home: string): string | undefined {
  const folder =
    env['CLOUDSDK_CONFIG'] ?? (env['APPDATA'] ? join(env['APPDATA'], 'gcloud') : join(home, '.config', 'gcloud'));
  const name = env['CLOUDSDK_ACTIVE_CONFIG_NAME'] ?? readText(join(folder, 'active_config'))?.trim() ?? 'default';
  const settings = readText(join(folder, 'configurations', `config_${name}`)) ?? '';
  const [, core = ''] = /^\[core\]\s*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(settings) ?? [];
  return /^account\s*=\s*(\S+)\s*$/m.exec(core)?.[1];
}

function readServiceAccount(env: Environment): string | undefined {
  const file = env['GOOGLE_APPLICATION_CREDENTIALS'];
  const key = file ? parseJson(readText(file) ?? '') : undefined;
  const isKey = typeof key === 'object' && key !== null && 'client_email' in key;
  return isKey && typeof key.client_email === 'string' ? key.client_email : undefined;
}

/** What cannot be read says nothing about anybody. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
