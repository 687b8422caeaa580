// select is a menu one can search: an editable combobox with a list, after the
// WAI-ARIA pattern. Options come with the page, or from the app while typing.
import { act, source } from './act.js';
import { describe, use } from './controls.js';
import { refresh } from './live.js';
import { beside } from './popup.js';

// How long typing must pause, in milliseconds, before the app is asked.
const pause = 200;

let open = null; // the select whose list is shown
let timer = 0;
let asked = 0; // number of the newest question to the app
let waiting = false; // the list does not fit what was typed yet
let enter = false; // Enter was pressed while waiting

const input = (select) => select.querySelector('.select-input');
const list = (select) => select.querySelector('.listbox');
const isMulti = (select) => select.hasAttribute('data-multi');
const shown = (select) => [...list(select).querySelectorAll('[role=option]:not([hidden])')];
const active = (select) => list(select).querySelector('[data-active]');

function chosen(select) {
  return [...select.querySelectorAll('[data-chosen]')].map((each) => each.dataset.chosen).filter((value) => value !== '');
}

function show(select) {
  if (open === select) return;
  if (open) hide(open);
  open = select;
  select.setAttribute('data-hold', ''); // fresh HTML waits until the list is closed
  input(select).setAttribute('aria-expanded', 'true');
  list(select).showPopover();
  if (select.hasAttribute('data-external')) ask(select, '');
  else filter(select, '');
  const now = list(select).querySelector('[aria-selected=true]');
  if (now) activate(select, now);
}

function hide(select) {
  open = null;
  waiting = enter = false;
  clearTimeout(timer);
  asked++;
  select.removeAttribute('data-hold');
  if (!select.isConnected) return;
  if (list(select).matches(':popover-open')) list(select).hidePopover();
  const field = input(select);
  field.setAttribute('aria-expanded', 'false');
  field.removeAttribute('aria-activedescendant');
  field.value = isMulti(select) ? '' : field.dataset.label ?? field.defaultValue;
  refresh();
}

function place(select) {
  beside(list(select), select, { sameWidth: true });
}

function activate(select, option) {
  active(select)?.removeAttribute('data-active');
  if (!option) {
    input(select).removeAttribute('aria-activedescendant');
    return;
  }
  option.setAttribute('data-active', '');
  input(select).setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

function filter(select, words) {
  const needle = words.trim().toLowerCase();
  for (const option of list(select).querySelectorAll('[role=option]')) {
    option.hidden = !option.textContent.toLowerCase().includes(needle);
  }
  for (const group of list(select).querySelectorAll('[role=group]')) {
    group.hidden = !group.querySelector('[role=option]:not([hidden])');
  }
  note(select, shown(select).length ? '' : 'Nothing fits');
  activate(select, shown(select)[0]);
  place(select);
}

// note is a line in the list that cannot be chosen.
function note(select, text) {
  list(select).querySelector('.list-note')?.remove();
  if (!text) return;
  const line = document.createElement('div');
  line.className = 'list-note';
  line.textContent = text;
  list(select).append(line);
}

async function ask(select, words) {
  const least = Number(select.dataset.min);
  clearTimeout(timer);
  if ([...words].length < least) {
    waiting = enter = false;
    list(select).replaceChildren();
    note(select, `Type ${least} or more ${least === 1 ? 'character' : 'characters'}`);
    place(select);
    return;
  }
  const question = ++asked;
  waiting = true;
  note(select, 'Looking…');
  place(select);
  const control = select.closest('[data-control]');
  const reply = await act('options', { ...source(control), input: { ...describe(control), text: words } }, { quiet: true });
  if (question !== asked || open !== select) return;
  fill(select, reply?.options ?? []);
  note(select, reply ? (reply.options?.length ? '' : 'Nothing found') : 'The app did not answer in time. Type again to retry.');
  activate(select, shown(select)[0]);
  place(select);
  const chooseNow = enter && shown(select)[0];
  waiting = enter = false;
  if (chooseNow) choose(select, chooseNow);
}

function fill(select, options) {
  const now = chosen(select);
  let title = '';
  const parts = [];
  options.forEach((option, i) => {
    if (option.Group && option.Group !== title) {
      title = option.Group;
      const line = document.createElement('div');
      line.className = 'group-label';
      line.textContent = title;
      parts.push(line);
    }
    const line = document.createElement('div');
    line.setAttribute('role', 'option');
    line.id = `${list(select).id}-${i}`;
    line.dataset.value = option.Value;
    line.setAttribute('aria-selected', now.includes(option.Value));
    line.textContent = option.Text;
    if (option.Description) {
      const small = document.createElement('small');
      small.textContent = option.Description;
      line.append(small);
    }
    parts.push(line);
  });
  list(select).replaceChildren(...parts);
}

// label is the text of an option without its description.
function label(option) {
  const copy = option.cloneNode(true);
  copy.querySelector('small')?.remove();
  return copy.textContent.trim();
}

function choose(select, option) {
  const value = option.dataset.value;
  if (!isMulti(select)) {
    input(select).dataset.label = label(option);
    input(select).dataset.chosen = value;
    send(select, [value]);
    hide(select);
    return;
  }
  const now = chosen(select);
  const values = now.includes(value) ? now.filter((each) => each !== value) : [...now, value];
  const most = Number(select.dataset.max || Infinity);
  if (values.length > most) {
    note(select, `Choose ${most} at most`);
    return;
  }
  option.setAttribute('aria-selected', values.includes(value));
  if (values.includes(value)) input(select).before(chip(value, label(option)));
  else select.querySelector(`.chip[data-chosen="${CSS.escape(value)}"]`)?.remove();
  input(select).value = '';
  send(select, values);
  place(select);
}

function chip(value, text) {
  const element = document.createElement('span');
  element.className = 'chip';
  element.dataset.chosen = value;
  element.textContent = text;
  const button = document.createElement('button');
  button.type = 'button';
  button.dataset.remove = value;
  button.setAttribute('aria-label', `Remove ${text}`);
  button.textContent = '×';
  element.append(button);
  return element;
}

function send(select, values) {
  return use(select.closest('[data-control]'), { values }, [input(select)]);
}

document.addEventListener('pointerdown', (event) => {
  const select = event.target.closest('[data-select]');
  if (open && open !== select) hide(open);
  if (select && event.target.closest('[role=option]')) event.preventDefault(); // the field keeps the focus
});

document.addEventListener('click', (event) => {
  const select = event.target.closest('[data-select]');
  if (!select) return;
  const option = event.target.closest('[role=option]');
  const remove = event.target.closest('[data-remove]');
  if (option) {
    choose(select, option);
  } else if (remove) {
    send(select, chosen(select).filter((value) => value !== remove.dataset.remove));
    remove.closest('.chip').remove();
    input(select).focus();
  } else if (event.target.closest('[data-clear]')) {
    send(select, []);
    delete input(select).dataset.label;
    input(select).dataset.chosen = '';
    input(select).value = '';
    input(select).focus();
  } else if (event.target.closest('.listbox') === null) {
    input(select).focus();
    show(select);
    input(select).select();
  }
});

document.addEventListener('input', (event) => {
  if (!event.target.matches('.select-input')) return;
  const select = event.target.closest('[data-select]');
  show(select);
  const words = event.target.value;
  if (!select.hasAttribute('data-external')) {
    filter(select, words);
    return;
  }
  clearTimeout(timer);
  asked++; // an answer to fewer words comes too late
  waiting = true;
  enter = false;
  timer = setTimeout(() => ask(select, words), pause);
});

document.addEventListener('keydown', (event) => {
  if (!event.target.matches?.('.select-input')) return;
  const select = event.target.closest('[data-select]');
  const options = open === select ? shown(select) : [];
  const at = options.indexOf(active(select));
  switch (event.key) {
    case 'ArrowDown':
    case 'ArrowUp':
      event.preventDefault();
      if (open !== select) show(select);
      else if (options.length) activate(select, options[(at + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length]);
      break;
    case 'Enter':
      event.preventDefault();
      if (open !== select) show(select);
      else if (waiting) enter = true;
      else if (at >= 0) choose(select, options[at]);
      break;
    case 'Escape':
      if (open === select) {
        event.preventDefault();
        hide(select);
      }
      break;
    case 'Backspace':
      if (isMulti(select) && event.target.value === '') select.querySelector('.chip:last-of-type [data-remove]')?.click();
      break;
    case 'Tab':
      if (open === select) hide(select);
      break;
  }
});
