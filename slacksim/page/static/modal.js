// modal shows the form on top, sends it, and closes it. The browser's own
// dialog keeps the focus inside and gives it back.
import { act } from './act.js';
import { unsent } from './controls.js';
import { after } from './live.js';

const dialog = document.getElementById('modal');
const lastFocus = new Map(); // view id -> id of the element last used in it
let shownView = null;
let submitter = null; // what had the focus when the form was sent, until its errors are shown
let busy = false;

const form = () => dialog.querySelector('.modal-form');

after('modal', () => {
  const view = form()?.dataset.view ?? null;
  if (!view) {
    shownView = null;
    lastFocus.clear();
    if (dialog.open) dialog.close();
    return;
  }
  if (!dialog.open) dialog.showModal();
  if (view !== shownView) {
    shownView = view;
    // A form that one comes back to goes on where it was left.
    const start = document.getElementById(lastFocus.get(view)) ?? first();
    start?.focus();
    if (start?.matches('.field') && start.value && start.setSelectionRange) goToEnd(start);
  } else if (submitter) {
    const wrong = dialog.querySelector('[aria-invalid=true]');
    if (wrong) {
      // Who types elsewhere meanwhile goes on there.
      if (document.activeElement === submitter) wrong.focus();
      submitter = null;
    }
  }
});

// first is where to begin: where the app says, else the first field.
function first() {
  return dialog.querySelector('[data-focus]') ?? dialog.querySelector('.modal-body :is(input, textarea, button, a[href])') ?? dialog.querySelector('.modal-foot .primary, .modal-foot .button');
}

dialog.addEventListener('focusin', (event) => {
  if (event.target.id && form()) lastFocus.set(form().dataset.view, event.target.id);
});

// goToEnd puts the caret behind a text that is already there.
function goToEnd(field) {
  try {
    field.setSelectionRange(field.value.length, field.value.length);
  } catch {
    // Dates and the like have no caret.
  }
}

async function submit() {
  if (busy || !form()) return;
  busy = true;
  dialog.setAttribute('aria-busy', 'true');
  submitter = document.activeElement;
  const view = form().dataset.view;
  await act('submit', { view, inputs: await unsent(dialog) });
  dialog.removeAttribute('aria-busy');
  busy = false;
}

function close(all) {
  const view = form()?.dataset.view;
  if (view && !busy) act('close', { view, all });
}

dialog.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});

dialog.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
    event.preventDefault();
    submit();
  }
});

dialog.addEventListener('click', (event) => {
  const what = event.target.closest('[data-do]')?.dataset.do;
  if (what === 'close-view') close(false);
  if (what === 'close-all') close(true);
});

// Escape asks the app, as the button does; the form goes when the sim says so.
dialog.addEventListener('cancel', (event) => {
  if (event.target !== dialog) return;
  event.preventDefault();
  close(false);
});

dialog.addEventListener('close', (event) => {
  if (event.target !== dialog) return;
  if (form()) close(false); // a browser closed it by itself
  else if (document.activeElement === document.body) document.getElementById('compose')?.focus();
});
