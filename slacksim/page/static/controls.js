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

const turns = new WeakMap(); // control -> promise of what is under way

// inTurn does a step after the control's steps before it, so that an older value
// never overtakes a newer one.
function inTurn(control, step) {
  const turn = (turns.get(control) ?? Promise.resolve()).then(step);
  turns.set(control, turn);
  return turn;
}

// use sends one use of a control, after its question was answered. The fields
// keep what the person chose last; when it failed, all is as it was.
export function use(control, input, fields = []) {
  for (const field of fields) typed.add(field);
  const turn = inTurn(control, async () => {
    let reply = null;
    if (await confirmed(control)) {
      control.classList.add('working');
      reply = await act('use', { ...source(control), input: { ...describe(control), ...input } });
      control.classList.remove('working');
    }
    if (turns.get(control) === turn) for (const field of fields) typed.delete(field);
    if (!reply) refresh();
    return Boolean(reply);
  });
  return turn;
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

// Text: what is typed is sent after a pause.

const timers = new WeakMap();

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
function store(field) {
  clearTimeout(timers.get(field));
  const control = field.closest('[data-control]');
  return inTurn(control, async () => {
    if (!typed.has(field) || !field.isConnected) return;
    const text = field.value;
    const reply = await act('use', { ...source(control), input: { ...describe(control), text } }, { quiet: true });
    if (reply && field.value === text) typed.delete(field);
  });
}

// unsent waits for what is under way below an element, and gives what has been
// typed there and not been stored.
export async function unsent(element) {
  const fields = [...element.querySelectorAll('.field')].filter((field) => isText(field) && typed.has(field));
  for (const field of fields) clearTimeout(timers.get(field));
  await Promise.all([...element.querySelectorAll('[data-control]')].map((control) => turns.get(control)));
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
