// controls sends what is done with the elements of Block Kit: clicks, choices,
// and text while it is typed.
import { act, source, upload } from './act.js';
import { typed } from './morph.js';
import { refresh } from './live.js';
import { confirmed } from './popup.js';

// How long typing must pause, in milliseconds, before the text is sent.
const pause = 150;

export function describe(control) {
  return { block: control.dataset.block, action: control.dataset.element, type: control.dataset.type };
}

// use sends one use of a control, after its question was answered. The fields
// keep what the person chose meanwhile; when it failed, all is as it was.
export async function use(control, input, fields = []) {
  for (const field of fields) typed.add(field);
  let reply = null;
  if (await confirmed(control)) {
    control.classList.add('working');
    reply = await act('use', { ...source(control), input: { ...describe(control), ...input } });
    control.classList.remove('working');
  }
  for (const field of fields) typed.delete(field);
  if (!reply) refresh();
  return Boolean(reply);
}

document.addEventListener('click', (event) => {
  const control = event.target.closest('[data-control]');
  if (!control) return;
  const kind = control.dataset.type;
  if (kind === 'overflow') {
    const item = event.target.closest('[role=menuitem]');
    if (!item) return;
    item.closest('[popover]').hidePopover();
    use(control, { values: [item.dataset.value] });
  } else if (kind === 'feedback_buttons' && event.target.closest('.button')) {
    use(control, { values: [event.target.closest('.button').dataset.value] });
  } else if (['button', 'workflow_button', 'icon_button'].includes(kind) && event.target.closest('.button')) {
    if (!control.classList.contains('working')) use(control, {});
  }
});

document.addEventListener('change', async (event) => {
  const field = event.target;
  const control = field.closest?.('[data-control]');
  if (!control) return;
  if (field.type === 'checkbox' || field.type === 'radio') {
    const all = [...control.querySelectorAll('input')];
    use(control, { values: all.filter((each) => each.checked).map((each) => each.value) }, all);
  } else if (field.type === 'file') {
    const ids = await Promise.all([...field.files].map(upload));
    if (ids.every(Boolean)) use(control, { values: ids });
    else field.value = '';
  } else if (['date', 'time', 'datetime-local'].includes(field.type)) {
    use(control, { text: field.value }, [field]);
  } else if (isText(field)) {
    store(field);
  }
});

// Text: what is typed is sent after a pause, one request at a time for each
// field, so that an older text never overtakes a newer one.

const timers = new WeakMap();
const sending = new WeakMap(); // field -> promise of the request under way

export function isText(field) {
  return field.matches?.('textarea.field, input.field[type=text]') && Boolean(field.closest('[data-control]'));
}

document.addEventListener('input', (event) => {
  const field = event.target;
  if (field.matches?.('[data-maxlen]')) count(field);
  if (!isText(field)) return;
  typed.add(field);
  clearTimeout(timers.get(field));
  timers.set(field, setTimeout(() => store(field), pause));
});

// store sends the text of a field if it has not been sent.
async function store(field) {
  clearTimeout(timers.get(field));
  await sending.get(field);
  if (!typed.has(field) || !field.isConnected) return;
  const text = field.value;
  const control = field.closest('[data-control]');
  const request = act('use', { ...source(control), input: { ...describe(control), text } }, { quiet: true });
  sending.set(field, request);
  const reply = await request;
  if (reply && field.value === text) typed.delete(field);
}

// unsent gives what has been typed below an element and not been stored.
export async function unsent(element) {
  const fields = [...element.querySelectorAll('.field')].filter((field) => isText(field) && typed.has(field));
  for (const field of fields) clearTimeout(timers.get(field));
  await Promise.all(fields.map((field) => sending.get(field)));
  return fields.map((field) => ({ ...describe(field.closest('[data-control]')), text: field.value }));
}

document.addEventListener('keydown', (event) => {
  const field = event.target;
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !isText(field) || field.nodeName === 'TEXTAREA') return;
  const control = field.closest('[data-control]');
  if (!control.hasAttribute('data-dispatch')) return;
  event.preventDefault();
  clearTimeout(timers.get(field));
  use(control, { text: field.value, enter: true });
});

// count keeps a field within its limit, which is in characters as people count
// them, and shows how much room is left once it matters.
function count(field) {
  const most = Number(field.dataset.maxlen);
  const typedNow = [...field.value];
  if (typedNow.length > most) field.value = typedNow.slice(0, most).join('');
  const counter = field.parentElement.querySelector('[data-counter]');
  const left = most - Math.min(typedNow.length, most);
  counter.hidden = left > Math.max(20, most / 5);
  counter.textContent = left ? `${left} left` : `The limit of ${most} characters is reached`;
  counter.classList.toggle('over', left === 0);
}
