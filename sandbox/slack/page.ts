import type { PressResult } from './press.ts';
import { escapeHtml, renderMessage } from './render-blocks.ts';
import type { SlackMessage, SlackStore, SlackUser } from './slack-store.ts';

export interface PageParts {
  readonly store: SlackStore;
  readonly users: readonly SlackUser[];
  readonly canPress: boolean;
  /** What only one person sees, newest last. */
  readonly whispers: readonly string[];
  readonly presses: readonly PressResult[];
  readonly nonce: string;
}

/** Channels and messages as people see them, with buttons that work. One file, nothing from outside. */
export function renderPage(parts: PageParts): string {
  const { store, users, whispers, presses, nonce } = parts;
  const people = users.map(
    ({ id, name }) => `<option value="${escapeHtml(id)}">${escapeHtml(name)} (${escapeHtml(id)})</option>`,
  );
  const channels = [...store.channels.values()].map(({ id, name }) => {
    const all = store.messages(id);
    const tops = all.filter(({ threadTs }) => threadTs === undefined);
    const list = tops.map((message) => renderWithThread(message, all, id, parts));
    return `<section><h2># ${escapeHtml(name)} <small>${escapeHtml(id)}</small></h2>${list.join('') || '<p class="empty">Nothing was posted.</p>'}</section>`;
  });
  const lastPresses = presses
    .slice(-5)
    .map(({ user, actionId, status }) => `${user} ${actionId}: ${status === 0 ? 'no answer within 3 s' : status}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Slack stand-in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${nonce}">${css}</style></head>
<body data-version="${store.version() + whispers.length + presses.length}">
<header><h1>Slack stand-in</h1>
<label>You are <select id="user">${people.join('')}</select></label>
<label>Press <select id="how"><option value="">as Slack does</option><option value="forged">with a wrong signature</option><option value="old">6 minutes late</option><option value="twice">twice</option></select></label>
</header>
<main>${channels.join('')}</main>
<aside>${box('Only you can see this', whispers)}${box('What the action URL answered', lastPresses)}</aside>
<script nonce="${nonce}">${script}</script>
</body></html>`;
}

function renderWithThread(
  message: SlackMessage,
  all: readonly SlackMessage[],
  channel: string,
  parts: PageParts,
): string {
  const replies = all.filter(({ threadTs }) => threadTs === message.ts);
  const thread = replies.map((reply) => `<div class="reply">${renderMessage(reply, () => '')}</div>`).join('');
  const edited = message.edited === undefined ? '' : ' (edited)';
  const button = (element: Readonly<Record<string, unknown>>): string => {
    const ask = [Object(element['confirm']).title, Object(element['confirm']).text].map(
      (one) => Object(one).text ?? '',
    );
    const fields = { channel, ts: message.ts, action: String(element['action_id']), ask: ask.join('\n') };
    const data = Object.entries(fields).map(([name, value]) => `data-${name}="${escapeHtml(value)}"`);
    const style = escapeHtml(String(element['style'] ?? 'default'));
    return `<button class="${style}" ${data.join(' ')}${parts.canPress ? '' : ' disabled'}>${escapeHtml(String(Object(element['text']).text))}</button>`;
  };
  return `<article><div class="who">sallyport <span class="app">APP</span> <small title="${escapeHtml(message.ts)}">${escapeHtml(timeOf(message))}${edited}</small></div>${renderMessage(message, button)}${thread ? `<div class="thread">${thread}</div>` : ''}</article>`;
}

/** `HH:MM:SS` UTC. */
function timeOf({ ts }: SlackMessage): string {
  return new Date(Number(ts) * 1000).toISOString().slice(11, 19);
}

function box(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<div class="box"><h2>${title}</h2>${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}</div>`;
}

const css = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.45 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; padding: .6rem 1rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.1rem; margin: 0 auto 0 0; } h2 { font-size: 1rem; } h3 { font-size: 1rem; margin: .3rem 0; }
main { max-width: 56rem; margin: 0 auto; padding: 0 1rem; }
section { margin-bottom: 2rem; }
article { position: relative; border-top: 1px solid var(--line); padding: .8rem .4rem .8rem 3.2rem; overflow-wrap: anywhere; }
article::before { content: 'S'; position: absolute; left: .2rem; top: .9rem; width: 2.2rem; height: 2.2rem; border-radius: 6px; background: #1d4ed8; color: #fff; font-weight: 700; line-height: 2.2rem; text-align: center; }
.app { font-size: .65rem; font-weight: 600; padding: .1rem .3rem; border-radius: 3px; background: var(--soft); vertical-align: middle; }
small, .context, .empty { opacity: .7; font-size: .8rem; font-weight: 400; } .who { font-weight: 600; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: .4rem; margin: .4rem 0; }
.section { margin: .4rem 0; } .actions { display: flex; gap: .5rem; margin: .5rem 0; }
pre, code { background: var(--soft); border-radius: 4px; font: 13px/1.4 ui-monospace, monospace; } code { padding: 0 .25em; } pre { padding: .5rem .7rem; white-space: pre-wrap; overflow-wrap: anywhere; }
button { font: inherit; padding: .3rem .9rem; border-radius: 6px; border: 1px solid var(--line); cursor: pointer; }
button.primary { background: #007a5a; color: #fff; } button.danger { background: #c01343; color: #fff; } button:disabled { opacity: .5; cursor: default; }
.thread { border-left: 3px solid var(--line); padding-left: .7rem; } .reply p { margin: .2rem 0; }
aside { max-width: 56rem; margin: 0 auto; padding: 0 1rem 2rem; } .box { border: 1px dashed var(--line); border-radius: 8px; padding: 0 .8rem; margin: .6rem 0; }`;

const script = `
const { version } = document.body.dataset;
const of = (id) => document.getElementById(id);
for (const id of ['user', 'how']) { of(id).value = sessionStorage[id] || of(id).value; of(id).onchange = () => { sessionStorage[id] = of(id).value; }; }
document.querySelector('main').addEventListener('click', async ({ target }) => {
  if (target.tagName !== 'BUTTON' || !confirm(target.dataset.ask)) return;
  const { channel, ts, action } = target.dataset;
  await fetch('/_stand-in/press', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ channel, ts, actionId: action, user: of('user').value, how: of('how').value }) });
});
setInterval(async () => { if ((await (await fetch('/_stand-in/version')).text()) !== version) location.reload(); }, 1000);`;
