// follow keeps a list of messages at its end while a person reads there, and
// offers the way down to one who reads further up when something new came.

// How close to its end, in pixels, a list counts as being read at its end.
const nearEnd = 60;

const known = new WeakMap(); // list -> whether it was at its end, and its scrollTop then
const watched = new WeakSet();

// lists are the lists of messages on the page. What the app shows in its home
// is none, and begins at its top.
export function lists() {
  return [...document.querySelectorAll('#feed, .thread-feed')].filter((list) => !list.querySelector('.home'));
}

// reading tells where every list is read, before a drawing.
export function reading() {
  return new Map(lists().map((list) => [list, { end: atEnd(list), newest: newest(list) }]));
}

// follow is called after a drawing with what reading gave before it. The list
// that was put in its place meanwhile stays there.
export function follow(before, placed) {
  for (const list of lists()) {
    watch(list);
    const { end, newest: last } = before.get(list) ?? { end: true };
    if (list === placed) {
      offer(list, false);
      known.delete(list);
      note(list, atEnd(list));
    } else if (end) {
      toEnd(list);
    } else {
      note(list, false);
      if (newest(list) > last) offer(list, true);
    }
  }
}

// toEnd shows the end of a list.
export function toEnd(list) {
  list.scrollTop = list.scrollHeight;
  note(list, true);
}

function note(list, end) {
  known.set(list, { end, top: list.scrollTop });
  if (end) offer(list, false);
}

// atEnd: a list that grew or got lower since it was shown at its end has not
// been moved by the person.
function atEnd(list) {
  const then = known.get(list);
  return list.scrollHeight - list.scrollTop - list.clientHeight < nearEnd || Boolean(then?.end && then.top === list.scrollTop);
}

// newest is the ts of the last message. All have the same number of digits.
function newest(list) {
  return [...list.querySelectorAll('[data-message]')].at(-1)?.dataset.ts ?? '';
}

// offer shows or hides the button that leads to the end of a list.
function offer(list, on) {
  const button = list.parentElement.querySelector(':scope > .below > button');
  if (button) button.hidden = !on;
}

// A window that gets lower, a keyboard that opens, a picture that arrives late
// and a draft that grows leave the end in view.
const sizes = new ResizeObserver((entries) => {
  const changed = new Set(entries.map((entry) => entry.target.closest('#feed, .thread-feed')));
  for (const list of lists()) {
    if (!changed.has(list)) continue;
    if (atEnd(list)) toEnd(list);
    else note(list, false);
  }
});

function watch(list) {
  for (const element of [list, ...list.children]) {
    if (watched.has(element)) continue;
    watched.add(element);
    sizes.observe(element);
  }
}

document.addEventListener('scroll', ({ target }) => {
  if (lists().includes(target)) note(target, atEnd(target));
}, true);

document.addEventListener('click', (event) => {
  const list = event.target.closest('[data-do=to-end]')?.closest('.below').previousElementSibling;
  if (!list) return;
  toEnd(list);
  list.focus({ preventScroll: true });
});
