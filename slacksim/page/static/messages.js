// messages is what can be done with a message, and the page's other buttons.
import { act, source } from './act.js';
import { after, again, go, place } from './live.js';
import { openMenu, toast } from './popup.js';

// The message that a shared menu was opened for.
let about = null;

const deeds = {
  'open-sidebar': () => {
    document.body.classList.add('show-sidebar');
    document.querySelector('.person-switch').focus();
  },
  'close-sidebar': () => document.body.classList.remove('show-sidebar'),
  'toggle-reaction': (button) => {
    const name = button.getAttribute('aria-pressed') === 'true' ? 'unreact' : 'react';
    act(name, { ...source(button), emoji: button.dataset.emoji });
  },
  'pick-emoji': (button) => {
    about = button.closest('[data-message]');
    openMenu(document.getElementById('emoji-menu'), button, document.getElementById('emoji-menu-items'));
  },
  'add-reaction': (button) => {
    button.closest('[popover]').hidePopover();
    act('react', { ...source(about), emoji: button.dataset.emoji });
  },
  'message-menu': (button) => {
    about = button.closest('[data-message]');
    const mine = about.hasAttribute('data-mine');
    openMenu(document.getElementById('message-menu'), button, document.getElementById('message-menu-items'), (item) => item.dataset.for !== 'mine' || mine);
  },
  'message-shortcut': (button) => act('shortcut', { ...source(about), callback: button.dataset.callback }),
  shortcut: (button) => act('shortcut', { callback: button.dataset.callback }),
  reply: (button) => {
    const message = button.closest('[data-message]') ?? about;
    const query = new URLSearchParams(location.search);
    const inThread = message.closest('.thread');
    if (!inThread) query.set('thread', message.dataset.ts);
    if (!query.get('in')) query.set('in', message.dataset.channel);
    focusReply = true;
    go('/?' + query, { keepScroll: true });
  },
  'copy-text': async () => {
    try {
      await navigator.clipboard.writeText(about.querySelector('.body').innerText);
      toast('Copied.');
    } catch {
      toast('The browser did not allow copying. Select the text and copy it.');
    }
  },
  delete: () => act('delete', source(about)),
  dismiss: (button) => act('dismiss', source(button)),
  join: (button) => act('join', { channel: button.dataset.channel }),
  advance: async (button) => {
    if (await act('advance', { seconds: Number(button.dataset.seconds ?? 0), until: button.dataset.until })) again();
  },
  write: async (button) => {
    const reply = await act('write', { other: button.dataset.other });
    document.body.classList.remove('show-sidebar');
    if (reply) go(reply.go);
  },
};

let focusReply = false;

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-do]');
  const deed = button && deeds[button.dataset.do];
  if (!deed) return;
  event.preventDefault();
  if (button.matches('[role=menuitem]')) button.closest('[popover]').hidePopover();
  deed(button);
});

after('thread', (element) => {
  if (focusReply && element.querySelector('textarea')) {
    focusReply = false;
    element.querySelector('textarea').focus();
  }
});

// One message at a time is in the tab order; arrow keys move along the list.
function rove(element) {
  const messages = [...element.querySelectorAll('[data-message]')];
  if (!messages.length) return;
  const focused = messages.find((each) => each === document.activeElement) ?? messages.at(-1);
  for (const each of messages) each.tabIndex = each === focused ? 0 : -1;
}
after('feed', rove);
after('thread', rove);

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.body.classList.contains('show-sidebar')) {
    deeds['close-sidebar']();
    document.querySelector('.menu-button').focus();
    return;
  }
  if (event.key === 'Escape' && place().thread && event.target.closest?.('.thread') && !document.querySelector(':popover-open')) {
    document.querySelector('[data-do=close-thread]')?.click();
    return;
  }
  if (!event.target.matches?.('[data-message]')) return;
  const list = event.target.closest('[data-region]');
  const messages = [...list.querySelectorAll('[data-message]')];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const next = step && messages[messages.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  rove(list);
});
