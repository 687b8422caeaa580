// live receives the parts of the page that changed, and goes from place to
// place. A place is all that the address says: who acts, where, which thread.
import { morph } from './morph.js';
import { act } from './act.js';

// How close to its end, in pixels, a list counts as being read at its end.
const nearEnd = 60;
// How long the connection may be gone, in milliseconds, before this is said.
const patience = 1500;

const latest = new Map(); // region name -> newest HTML
const watchers = new Map(); // region name -> functions called after it changed
let source = null;
let lost = 0; // timer
let arriving = true; // the place is new: lists show their end
let keepFromEnd = null; // distance to keep when earlier messages are added

// after calls f with the region's element whenever the region was drawn.
export function after(region, f) {
  watchers.set(region, [...(watchers.get(region) ?? []), f]);
}

// refresh draws the regions again as the server last sent them, for when a
// held element was let go.
export function refresh() {
  for (const [name, html] of latest) draw(name, html);
}

export function start() {
  document.addEventListener('click', onLink);
  window.addEventListener('popstate', () => arrive());
  document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : arrive(true)));
  for (const element of document.querySelectorAll('[data-region]')) settle(element.dataset.region, element);
  for (const list of lists()) list.scrollTop = list.scrollHeight;
  document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: 'center' });
  connect();
  opened();
}

// place is what the address says.
export function place() {
  const query = new URLSearchParams(location.search);
  return { as: document.getElementById('page').dataset.as, in: query.get('in'), tab: query.get('tab') ?? 'home', thread: query.get('thread') ?? '' };
}

// go moves to an address of this page.
export function go(address, { keepScroll = false } = {}) {
  const feed = document.getElementById('feed');
  keepFromEnd = keepScroll ? feed.scrollHeight - feed.scrollTop : null;
  history.pushState(null, '', address);
  arrive();
}

// A permalink is followed as the person who acts, and within this page.
function onPermalink(event, link) {
  const address = new URL(link.href);
  address.searchParams.set('as', document.getElementById('page').dataset.as);
  event.preventDefault();
  location.assign(address);
}

function onLink(event) {
  const kept = event.target.closest(`a[href^="${location.origin}/archives/"]`);
  if (kept && !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey) return onPermalink(event, kept);
  const link = event.target.closest('a[href^="/?"]');
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  link.closest('[popover]')?.hidePopover();
  const sameList = new URL(link.href).searchParams.get('in') === place().in;
  document.body.classList.remove('show-sidebar');
  go(link.getAttribute('href'), { keepScroll: sameList });
}

function arrive(same = false) {
  const as = new URLSearchParams(location.search).get('as');
  if (as) document.getElementById('page').dataset.as = as;
  arriving = !same;
  connect();
  if (!same) opened();
}

// opened tells the app that its home is looked at, and marks channels as read.
function opened() {
  const here = place();
  const current = document.querySelector('.side-link[aria-current]');
  const channel = here.in ?? (current && new URLSearchParams(current.search).get('in'));
  if (channel) act('open', { channel, tab: here.tab }, { quiet: true });
}

// again asks for everything once more, after something changed of which the
// server tells nobody.
export function again() {
  connect();
}

function disconnect() {
  source?.close();
  source = null;
}

function connect() {
  disconnect();
  source = new EventSource('/live' + location.search);
  source.addEventListener('region', (event) => {
    const { region, html, title } = JSON.parse(event.data);
    document.title = title;
    latest.set(region, html);
    draw(region, html);
  });
  source.onopen = () => {
    clearTimeout(lost);
    lost = 0;
    document.body.classList.remove('disconnected');
  };
  source.onerror = () => {
    lost ||= setTimeout(() => document.body.classList.add('disconnected'), patience);
    if (source?.readyState === EventSource.CLOSED) setTimeout(connect, patience);
  };
}

// lists are the lists of messages that follow their end.
function lists() {
  return [document.getElementById('feed'), ...document.querySelectorAll('.thread-feed')];
}

function draw(name, html) {
  const element = document.querySelector(`[data-region="${name}"]`);
  const followed = new Map(lists().map((list) => [list, list.scrollHeight - list.scrollTop - list.clientHeight < nearEnd]));
  morph(element, html);
  settle(name, element);
  for (const list of lists()) {
    if (list.id === 'feed' && name === 'feed' && keepFromEnd !== null) {
      list.scrollTop = list.scrollHeight - keepFromEnd;
      keepFromEnd = null;
      arriving = false;
    } else if (list.id === 'feed' && name === 'feed' && arriving) {
      const named = location.hash && document.getElementById(location.hash.slice(1));
      if (named) named.scrollIntoView({ block: 'center' });
      else list.scrollTop = list.querySelector('.home') ? 0 : list.scrollHeight;
      arriving = false;
    } else if (!list.querySelector('.home') && (followed.get(list) ?? true)) {
      list.scrollTop = list.scrollHeight;
    }
  }
}

// settle is what follows every drawing.
function settle(name, element) {
  if (name === 'thread') document.body.classList.toggle('has-thread', element.childElementCount > 0);
  const unread = document.querySelector('.side-link.unread[aria-current]');
  if (name === 'sidebar' && unread && !document.hidden) {
    const channel = new URLSearchParams(unread.search).get('in');
    if (channel !== 'app') act('read', { channel }, { quiet: true });
  }
  for (const f of watchers.get(name) ?? []) f(element);
}
