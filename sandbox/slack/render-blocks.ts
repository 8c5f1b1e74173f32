import type { Block, SlackMessage } from './slack-store.ts';

/** The blocks of a message as HTML: Slack's mrkdwn as far as Sallyport writes it, everything else as text. Buttons come from `button`. */
export function renderMessage(
  { text, blocks }: Pick<SlackMessage, 'text' | 'blocks'>,
  button: (element: Readonly<Record<string, unknown>>) => string,
): string {
  if (blocks.length === 0) return `<p>${renderPlain(text)}</p>`;
  return blocks.map((block) => renderBlock(block, button)).join('\n');
}

function renderBlock(block: Block, button: (element: Readonly<Record<string, unknown>>) => string): string {
  const { type, text, fields, elements } = block;
  switch (type) {
    case 'header':
      return `<h3>${renderText(text)}</h3>`;
    case 'section':
      return fields === undefined
        ? `<div class="section">${renderText(text)}</div>`
        : `<div class="fields">${listOf(fields)
            .map((field) => `<div>${renderText(field)}</div>`)
            .join('')}</div>`;
    case 'context':
      return `<div class="context">${listOf(elements).map(renderText).join(' ')}</div>`;
    case 'actions':
      return `<div class="actions">${listOf(elements)
        .map((element) => button(Object(element)))
        .join('')}</div>`;
    default:
      return '<hr>';
  }
}

function renderText(object: unknown): string {
  const { type, text } = Object(object);
  return type === 'mrkdwn' ? renderMrkdwn(String(text)) : renderPlain(String(text));
}

/** Slack decodes its three entities, in plain text too; here they are decoded and escaped for HTML. */
function renderPlain(text: string): string {
  return escapeHtml(decode(text)).replaceAll('\n', '<br>');
}

const tokens =
  /```\n?([\s\S]*?)\n?```|`([^`\n]+)`|<!date\^(\d+)\^([^|>]*)\|([^>]*)>|<(https?:[^|>]+)(?:\|([^>]*))?>|<([!@#][^>]*)>|(?<![\w*])\*([^*\n]+)\*(?![\w*])/g;

function renderMrkdwn(text: string): string {
  let html = '';
  let at = 0;
  for (const match of text.matchAll(tokens)) {
    const [whole, block, span, seconds, , fallback, href, label, mention, bold] = match;
    html += renderPlain(text.slice(at, match.index));
    at = match.index + whole.length;
    if (block !== undefined) html += `<pre>${escapeHtml(decode(block))}</pre>`;
    else if (span !== undefined) html += `<code>${escapeHtml(decode(span))}</code>`;
    else if (seconds !== undefined)
      html += `<time title="${escapeHtml(fallback ?? '')}">${escapeHtml(fallback ?? '')}</time>`;
    else if (href !== undefined)
      html += `<a rel="noreferrer" href="${escapeHtml(decode(href))}">${escapeHtml(decode(label ?? href))}</a>`;
    else if (mention !== undefined) html += `<mark>${escapeHtml(mention)}</mark>`;
    else html += `<b>${renderPlain(bold ?? '')}</b>`;
  }
  return html + renderPlain(text.slice(at));
}

function decode(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
