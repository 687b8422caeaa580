// popup is what appears above the page: menus, toasts, and the question before
// a step that asks for one.

// How long a toast stays, in milliseconds: long enough to read two sentences.
const toastTime = 9000;

export function toast(text) {
  const box = document.getElementById('toasts');
  const line = document.createElement('p');
  line.textContent = text;
  box.append(line);
  // A toast must be above a form that is open; forms make the rest of the page
  // inert, so the form says it too.
  if (box.matches(':popover-open')) box.hidePopover();
  box.showPopover();
  const form = document.querySelector('#modal[open] .modal-trouble');
  if (form) form.textContent = text;
  setTimeout(() => {
    line.remove();
    if (!box.childElementCount) box.hidePopover();
  }, toastTime);
}

// confirmed asks the question that belongs to a control, if it has one.
export async function confirmed(control) {
  const question = control.querySelector(':scope > .confirm-source');
  if (!question) return true;
  const dialog = document.getElementById('confirm');
  dialog.replaceChildren();
  const title = document.createElement('h2');
  title.id = 'confirm-title';
  title.innerHTML = question.querySelector('h2').innerHTML;
  const body = document.createElement('div');
  body.className = 'modal-body text';
  body.innerHTML = question.querySelector('.text').innerHTML;
  const foot = document.createElement('form');
  foot.className = 'modal-foot';
  foot.method = 'dialog';
  foot.append(answer(question, 'no', 'button'), answer(question, 'yes', question.dataset.danger === 'true' ? 'button danger' : 'button primary'));
  const head = document.createElement('header');
  head.className = 'modal-head';
  head.append(title);
  dialog.append(head, body, foot);
  dialog.returnValue = '';
  dialog.showModal();
  foot.querySelector('[value=yes]').focus();
  await new Promise((done) => dialog.addEventListener('close', done, { once: true }));
  return dialog.returnValue === 'yes';
}

function answer(question, value, classes) {
  const button = document.createElement('button');
  button.value = value;
  button.className = classes;
  button.innerHTML = question.querySelector(`[data-${value}]`).innerHTML;
  return button;
}

// openMenu shows a menu that many elements share, with the items of a template.
export function openMenu(menu, opener, template, keep = () => true) {
  menu.replaceChildren(...[...template.content.cloneNode(true).children].filter(keep));
  menu.opener = opener;
  menu.showPopover();
}

// beside puts an open popup at an element: below it, or above where below has
// no room, and always inside the window.
export function beside(popup, element, { above = false, sameWidth = false } = {}) {
  const at = element.getBoundingClientRect();
  popup.style.minWidth = sameWidth ? `${at.width}px` : '';
  popup.style.maxHeight = '';
  const box = popup.getBoundingClientRect();
  const gap = 4;
  const below = innerHeight - at.bottom - gap * 2;
  const over = at.top - gap * 2;
  const up = above ? over >= box.height || over > below : below < box.height && over > below;
  const height = Math.min(box.height, Math.max(up ? over : below, 120));
  popup.style.maxHeight = `${height}px`;
  popup.style.top = `${up ? at.top - gap - height : at.bottom + gap}px`;
  popup.style.left = `${Math.max(gap, Math.min(at.left, innerWidth - box.width - gap))}px`;
}

function items(menu) {
  return [...menu.querySelectorAll('[role=menuitem]')];
}

document.addEventListener('toggle', (event) => {
  const menu = event.target;
  if (!menu.matches?.('[data-menu]')) return;
  const opener = menu.opener?.isConnected ? menu.opener : document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  opener?.setAttribute('aria-expanded', event.newState === 'open');
  menu.style.visibility = '';
  if (event.newState !== 'open' || !opener) return;
  beside(menu, opener);
  menu.style.visibility = 'visible'; // until here it had no place
  items(menu)[0]?.focus();
}, true);

document.addEventListener('keydown', (event) => {
  const menu = event.target.closest?.('[data-menu]');
  if (!menu) return;
  const all = items(menu);
  const at = all.indexOf(event.target.closest('[role=menuitem]'));
  const columns = menu.hasAttribute('data-grid') ? 8 : 1;
  const step = { ArrowDown: columns, ArrowUp: -columns, ArrowRight: 1, ArrowLeft: -1, Home: -at, End: all.length - 1 - at }[event.key];
  if (event.key === 'Tab') {
    menu.hidePopover();
    return;
  }
  if (step === undefined || !all.length) return;
  event.preventDefault();
  all[(at + step + all.length) % all.length].focus();
});
