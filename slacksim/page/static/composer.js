// composer is writing: sending, drafts that outlive a change of place, and
// suggestions for commands and people.
import { act } from './act.js';
import { lists, toEnd } from './follow.js';
import { after, moved } from './live.js';
import { beside } from './popup.js';

const suggestions = document.getElementById('completions');
let field = null; // the field that the suggestions are for

const draftKey = (form) => ['draft', document.getElementById('page').dataset.as, form.dataset.channel, form.dataset.thread].join('/');

function keep(form) {
  const text = form.querySelector('textarea').value;
  if (text) sessionStorage.setItem(draftKey(form), text);
  else sessionStorage.removeItem(draftKey(form));
}

// The drafts of a place appear when its composer does.
const seen = new WeakMap(); // form -> the draft it shows
function bringBack(element) {
  for (const form of element.querySelectorAll('[data-composer]')) {
    if (seen.get(form) === draftKey(form)) continue;
    const first = !seen.has(form);
    showDraft(form);
    if (first && !form.dataset.thread) begin(form);
  }
}

function showDraft(form) {
  seen.set(form, draftKey(form));
  form.querySelector('textarea').value = sessionStorage.getItem(draftKey(form)) ?? '';
}

// begin puts the caret into a composer, unless that opened a keyboard on the
// screen or took the focus from a form.
function begin(form) {
  if (!matchMedia('(pointer: coarse)').matches && !document.querySelector('dialog[open]')) form.querySelector('textarea').focus();
}

after('composer', bringBack);
after('thread', bringBack);

// What one writes to changes together with the place, not when the rest of the
// place has come: keys pressed meanwhile belong to the new place. Where its
// composer is not known yet, none is taken.
moved((now, before) => {
  const elsewhere = now.as !== before.as || now.in !== before.in || now.tab !== before.tab;
  for (const form of document.querySelectorAll('[data-composer]')) {
    const area = form.querySelector('textarea');
    if (form.dataset.thread) {
      area.readOnly = elsewhere || form.dataset.thread !== now.thread;
    } else if (elsewhere) {
      hide();
      area.readOnly = !now.in || now.in === 'app';
      if (area.readOnly) continue;
      form.dataset.channel = now.in;
      form.dataset.key = now.in + '/'; // as the server will name it, so that the form stays
      area.placeholder = '';
      showDraft(form);
      begin(form);
    }
  }
});

async function send(form) {
  const area = form.querySelector('textarea');
  const text = area.value;
  if (area.readOnly || !text.trim()) return;
  for (const list of lists()) if (Boolean(list.closest('.thread')) === Boolean(form.dataset.thread)) toEnd(list); // where the answer comes
  const draft = draftKey(form);
  area.value = '';
  form.classList.add('working');
  const reply = await act('send', { channel: form.dataset.channel, thread: form.dataset.thread, text });
  form.classList.remove('working');
  if (reply) {
    if (sessionStorage.getItem(draft) === text) sessionStorage.removeItem(draft);
    return;
  }
  // Not sent: the text comes back, before anything typed since.
  if (draftKey(form) === draft && form.isConnected) {
    area.value = area.value ? text + '\n' + area.value : text;
    keep(form);
  } else {
    sessionStorage.setItem(draft, text);
  }
}

document.addEventListener('submit', (event) => {
  if (!event.target.matches('[data-composer]')) return;
  event.preventDefault();
  hide();
  send(event.target);
});

document.addEventListener('input', (event) => {
  const form = event.target.closest?.('[data-composer]');
  if (!form) return;
  keep(form);
  suggest(event.target, form);
});

document.addEventListener('keydown', (event) => {
  const form = event.target.closest?.('[data-composer]');
  if (!form || event.target.nodeName !== 'TEXTAREA' || event.isComposing) return;
  if (field === event.target && onSuggestionKey(event)) return;
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener('focusout', (event) => {
  if (event.target === field) hide();
});

// Suggestions

function options() {
  return [...suggestions.querySelectorAll('[role=option]')];
}

// word is what is being typed that can be completed: a command at the start of
// the message, or a name after @.
function word(area, form) {
  const before = area.value.slice(0, area.selectionStart);
  if (/^\/\S*$/.test(before) && !form.dataset.thread) return { text: before, template: 'command-items' };
  const name = before.match(/(?:^|\s)(@[\w.-]*)$/);
  return name && !before.startsWith('/') ? { text: name[1], template: 'person-items' } : null;
}

function suggest(area, form) {
  const now = word(area, form);
  const items = now ? [...document.getElementById(now.template).content.cloneNode(true).children] : [];
  const fitting = items.filter((item) => item.textContent.toLowerCase().includes(now.text.slice(1).toLowerCase()) && (now.text[0] === '@' || item.dataset.insert.startsWith(now.text)));
  if (!fitting.length) {
    hide();
    return;
  }
  fitting.forEach((item, i) => (item.id = `completion-${i}`));
  suggestions.replaceChildren(...fitting);
  field = area;
  if (!suggestions.matches(':popover-open')) suggestions.showPopover();
  beside(suggestions, form, { above: true });
  activate(fitting[0]);
}

function activate(option) {
  for (const each of options()) each.toggleAttribute('data-active', each === option);
  for (const each of options()) each.setAttribute('aria-selected', each === option);
  field.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

function hide() {
  field?.removeAttribute('aria-activedescendant');
  field = null;
  if (suggestions.matches(':popover-open')) suggestions.hidePopover();
}

function accept(option) {
  const area = field;
  const form = area.closest('[data-composer]');
  const typed = word(area, form).text;
  const end = area.selectionStart;
  area.setRangeText(option.dataset.insert + ' ', end - typed.length, end, 'end');
  hide();
  keep(form);
  area.focus();
}

// onSuggestionKey handles a key while suggestions are shown; true when it did.
function onSuggestionKey(event) {
  const all = options();
  const at = all.findIndex((each) => each.hasAttribute('data-active'));
  switch (event.key) {
    case 'ArrowDown':
    case 'ArrowUp':
      event.preventDefault();
      activate(all[(at + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length]);
      return true;
    case 'Enter':
      // A command typed in full is sent, not completed.
      if (event.shiftKey || field.value === all[at].dataset.insert) {
        hide();
        return false;
      }
      event.preventDefault();
      accept(all[at]);
      return true;
    case 'Tab':
      event.preventDefault();
      accept(all[at]);
      return true;
    case 'Escape':
      event.preventDefault();
      hide();
      return true;
  }
  return false;
}

suggestions.addEventListener('pointerdown', (event) => {
  const option = event.target.closest('[role=option]');
  if (!option || !field) return;
  event.preventDefault(); // the field keeps the focus
  accept(option);
});
