// live receives the parts of the page that changed, and goes from place to
// place. A place is all that the address says: who acts, where, which thread.
import { morph } from './morph.js';
import { act } from './act.js';
import { follow, lists, reading, toEnd } from './follow.js';
import { toast } from './popup.js';

// How long the connection may be gone, in milliseconds, before this is said.
const patience = 1500;

const latest = new Map(); // region name -> newest HTML
const watchers = new Map(); // region name -> functions called after it changed
const movers = []; // functions called when the place changes
let here = null; // the place
let source = null;
let lost = 0; // timer
let arriving = false; // the place is another, and nothing of it has come yet
let keepFromEnd = null; // distance to keep when earlier messages are added

// after calls f with the region's element whenever the region was drawn.
export function after(region, f) {
  watchers.set(region, [...(watchers.get(region) ?? []), f]);
}

// moved calls f with the new place and the one before as soon as the place
// changes, which is before anything of it has come.
export function moved(f) {
  movers.push(f);
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
  here = place();
  for (const list of lists()) toEnd(list);
  if (location.hash.match(/^#[mt]-/) && !showNamed()) toast('The message that this link leads to cannot be seen here. It may have been deleted.');
  connect();
  opened();
}

// place is what the address says.
export function place() {
  const query = new URLSearchParams(location.search);
  return { as: document.getElementById('page').dataset.as, in: query.get('in'), tab: query.get('tab') ?? 'home', thread: query.get('thread') ?? '' };
}

// showNamed brings the message that the address names into view; false when it
// is not here.
function showNamed() {
  const named = document.getElementById(location.hash.slice(1));
  named?.scrollIntoView({ block: 'center' });
  return Boolean(named);
}

// go moves to an address of this page.
export function go(address, { keepScroll = false } = {}) {
  const feed = document.getElementById('feed');
  keepFromEnd = keepScroll ? feed.scrollHeight - feed.scrollTop : null;
  history.pushState(null, '', address);
  arrive();
}

// permalink is the page's own address of a message's permalink, for the person
// who acts; null for other links.
function permalink(link) {
  const { as, slack } = document.getElementById('page').dataset;
  if (!link.href.startsWith(slack + '/archives/')) return null;
  const { pathname, searchParams } = new URL(link.href);
  searchParams.set('as', as);
  return pathname + '?' + searchParams;
}

function onLink(event) {
  const link = event.target.closest('a[href]');
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const message = permalink(link);
  if (message) {
    event.preventDefault();
    tell({ ...here, in: null });
    location.assign(message);
    return;
  }
  if (!link.getAttribute('href').startsWith('/?')) return;
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
  if (!same) {
    latest.clear(); // of the place before
    tell(place());
  }
  connect();
  if (!same) opened();
}

// tell tells those who asked that the place is now another.
function tell(now) {
  const before = here;
  here = now;
  for (const link of document.querySelectorAll('.side-link')) {
    if (new URLSearchParams(link.search).get('in') === now.in) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  for (const f of movers) f(now, before);
}

// opened tells the app that its home is looked at, and marks channels as read.
function opened() {
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

function draw(name, html) {
  const element = document.querySelector(`[data-region="${name}"]`);
  const before = reading();
  morph(element, html);
  settle(name, element);
  follow(before, name === 'feed' && (arriving || keepFromEnd !== null) ? put(element) : null);
}

// put shows a list that has just been arrived at where it is to be read.
function put(list) {
  if (keepFromEnd !== null) list.scrollTop = list.scrollHeight - keepFromEnd;
  else if (!showNamed()) list.scrollTop = list.querySelector('.home') ? 0 : list.scrollHeight;
  keepFromEnd = null;
  arriving = false;
  return list;
}

// settle is what follows every drawing.
function settle(name, element) {
  if (name === 'thread') document.body.classList.toggle('has-thread', element.childElementCount > 0);
  const unread = document.querySelector('.side-link.unread[aria-current]');
  if (name === 'sidebar' && unread && !document.hidden) {
    const channel = new URLSearchParams(unread.search).get('in');
    if (channel !== 'app' || here.tab === 'messages') act('read', { channel }, { quiet: true });
  }
  for (const f of watchers.get(name) ?? []) f(element);
}
