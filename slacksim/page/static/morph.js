// morph makes an element's content equal to fresh HTML by changing only what
// differs. Elements that stay keep their focus, caret, scroll position and
// what has been typed into them.

// typed holds the fields whose content has not been stored yet. Fresh HTML
// never overwrites these.
export const typed = new WeakSet();

// An element with the attribute data-hold is in use, or a script's own, and
// left as it is.
const held = 'data-hold';

export function morph(element, html) {
  const fresh = document.createElement('template');
  fresh.innerHTML = html;
  morphChildren(element, fresh.content);
}

// keyOf identifies an element among its siblings.
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  return node.dataset.key ?? (node.id || null);
}

function morphChildren(from, to) {
  const wanted = new Set();
  for (const node of to.childNodes) {
    const key = keyOf(node);
    if (key !== null) wanted.add(key);
  }
  const known = new Map();
  for (const node of [...from.childNodes]) {
    const key = keyOf(node);
    if (key === null) continue;
    if (!wanted.has(key)) {
      node.remove();
    } else if (known.has(key)) {
      known.get(key).push(node);
    } else {
      known.set(key, [node]);
    }
  }
  let next = from.firstChild;
  for (const node of [...to.childNodes]) {
    const same = match(node, next, known);
    if (!same) {
      from.insertBefore(node, next);
      continue;
    }
    if (same === next) {
      next = next.nextSibling;
    } else if (from.moveBefore) {
      from.moveBefore(same, next);
    } else {
      from.insertBefore(same, next);
    }
    morphNode(same, node);
  }
  while (next) {
    const after = next.nextSibling;
    next.remove();
    next = after;
  }
}

// match finds the existing node that a fresh one stands for: by its key, or
// the next one when neither has a key.
function match(node, next, known) {
  const key = keyOf(node);
  if (key !== null) {
    const list = known.get(key);
    if (!list?.length || list[0].nodeName !== node.nodeName) return null;
    return list.shift();
  }
  if (next && keyOf(next) === null && next.nodeType === node.nodeType && next.nodeName === node.nodeName) return next;
  return null;
}

function morphNode(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (from.hasAttribute(held)) return;
  morphAttributes(from, to);
  switch (from.nodeName) {
    case 'TEMPLATE':
      if (from.innerHTML !== to.innerHTML) from.innerHTML = to.innerHTML;
      return;
    case 'TEXTAREA':
      if (from.defaultValue !== to.defaultValue) from.defaultValue = to.defaultValue;
      restore(from, 'value', to.defaultValue);
      return;
    case 'INPUT':
      if (from.type === 'checkbox' || from.type === 'radio') restore(from, 'checked', to.defaultChecked);
      else if (from.type !== 'file') restore(from, 'value', to.defaultValue);
      return;
  }
  morphChildren(from, to);
}

// restore shows the stored content of a field, unless the person is in it or
// has just changed it. Drafts belong to the person alone.
function restore(field, property, stored) {
  if (field.hasAttribute('data-draft') || typed.has(field)) return;
  if (property === 'value' && field === document.activeElement && field.role !== 'combobox') return;
  if (field[property] !== stored) field[property] = stored;
}

// What the browser and the scripts keep in attributes is not the server's.
const ours = ['style', 'aria-expanded', 'aria-activedescendant'];

function own(element, name) {
  return ours.includes(name) || (name === 'open' && (element.nodeName === 'DETAILS' || element.nodeName === 'DIALOG'));
}

function morphAttributes(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !own(from, name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (!own(from, name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}
