// act sends what a person does, and says so when it did not work.
import { toast } from './popup.js';

// act posts to the server and gives its reply, or null when it failed. Quiet
// acts are the page's own and say nothing.
export async function act(name, what, { quiet = false } = {}) {
  const body = JSON.stringify({ as: document.getElementById('page').dataset.as, ...what });
  try {
    const response = await fetch('/do/' + name, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    return understand(await response.json(), quiet);
  } catch {
    return understand({ error: 'The local stand-in does not answer. What you typed is still here; try again when it runs.' }, quiet);
  }
}

// upload sends a file and gives its id, or null.
export async function upload(file) {
  const form = new FormData();
  form.set('as', document.getElementById('page').dataset.as);
  form.set('file', file);
  try {
    const response = await fetch('/do/upload', { method: 'POST', body: form });
    return understand(await response.json(), false)?.file ?? null;
  } catch {
    understand({ error: 'The file could not be sent. Nothing was stored; choose it again.' }, false);
    return null;
  }
}

function understand(reply, quiet) {
  if (reply.ok) return reply;
  if (!quiet) toast(reply.error);
  return null;
}

// source tells where an element is: in a view, or in a message.
export function source(element) {
  const view = element.closest('[data-view]');
  if (view) return { view: view.dataset.view };
  const message = element.closest('[data-message]');
  return { channel: message?.dataset.channel, ts: message?.dataset.ts };
}
