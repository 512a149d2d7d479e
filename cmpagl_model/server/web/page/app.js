// The page: a sentence goes to the server, places come back as a list and on the map.
import {PlaceMap} from './map.js';

const $ = (id) => document.getElementById(id);
const KEY = 'cmpagl-token';
const state = {index: '', hits: [], chosen: null, cutoff: null, asked: 0};
let settings = {tiles: null, attribution: '', token: false};
let map = null;

/** What went wrong, in the server's words. */
class Refused extends Error {}

async function ask(path, options = {}) {
  const token = sessionStorage.getItem(KEY);
  const headers = {Accept: 'application/json', ...options.headers};
  if (token) headers.Authorization = `Bearer ${token}`;
  let answer = null;
  try {
    answer = await fetch(path, {...options, headers});
  } catch {
    throw new Refused('The server does not answer. Is it still running?');
  }
  if (answer.status === 401) {
    await askToken(token ? 'The server does not know this token.' : '');
    return ask(path, options);
  }
  if (answer.ok) return answer;
  if (answer.status === 503) throw new Refused('Too many people are searching. Try again shortly.');
  const page = await answer.json().catch(() => ({}));
  throw new Refused(page.detail ?? `The server answered ${answer.status}.`);
}

function askToken(wrong) {
  const dialog = $('ask');
  $('wrong').textContent = wrong;
  if (!dialog.open) dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener('close', () => {
      sessionStorage.setItem(KEY, $('token').value.trim());
      $('token').value = '';
      done();
    }, {once: true});
  });
}

function say(text, bad = false) {
  $('said').className = bad ? 'bad' : '';
  $('said').textContent = text;
}

async function guarded(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message, true);
  }
}

const here = (rest) => `collections/${encodeURIComponent(state.index)}/${rest}`;
const picture = (id, px) => here(`thumbnails/${encodeURIComponent(id)}.png?px=${px}`);

/** A picture's address; with a token it is fetched, for an image sends none. */
async function source(path) {
  if (!sessionStorage.getItem(KEY)) return path;
  return URL.createObjectURL(await (await ask(path)).blob());
}

const percent = (share) => (share < .01 ? '<1 %' : share > .99 ? '>99 %' : `${Math.round(100 * share)} %`);
const metres = (n) => (n < 1000 ? `${Number(n.toPrecision(3))} m` : `${Number((n / 1000).toPrecision(3))} km`);
const isFound = (hit) => state.cutoff === null || hit.properties.relevance >= state.cutoff;

async function search(path, options) {
  const mine = ++state.asked;
  say('Searching …');
  $('search').ariaBusy = 'true';
  try {
    const page = await (await ask(path, options)).json();
    if (mine === state.asked) show(page);
  } finally {
    $('search').ariaBusy = 'false';
  }
}

function bySentence() {
  const query = new URLSearchParams({q: $('sentence').value.trim(), k: $('k').value, limit: $('k').value});
  if (!query.get('q')) {
    say('Type what the place looks like from above.', true);
    $('sentence').focus();
    return;
  }
  history.replaceState(null, '', `#${new URLSearchParams({index: state.index, q: query.get('q')})}`);
  if ($('here').checked) query.set('bbox', map.box());
  const path = here(`items?${query}`);
  $('file').dataset.path = path;
  guarded(() => search(path));
}

function byExample(body, type) {
  const query = new URLSearchParams({k: $('k').value});
  if (type && $('here').checked) query.set('bbox', map.box());
  $('file').dataset.path = '';
  const headers = {'Content-Type': type ?? 'application/json'};
  const path = here(`search${type ? `?${query}` : ''}`);
  return guarded(() => search(path, {method: 'POST', headers, body}));
}

function likeHit(id) {
  const where = $('here').checked ? {bbox: map.box().split(',').map(Number)} : {};
  byExample(JSON.stringify({like: [{item: id}], k: Number($('k').value), where}));
}

function show(page) {
  state.hits = page.features;
  state.cutoff = page.cutoff ?? null;
  state.chosen = null;
  const count = page.features.length;
  const seconds = page.seconds < .1 ? '' : ` · ${page.seconds.toFixed(1)} s`;
  const many = count === 1 ? '1 place' : `${count} places`;
  say([page.notice, page.understood, `${many} of ${page.candidates.toLocaleString()}${seconds}`]
    .filter(Boolean).join(' · '));
  const items = state.hits.map(row);
  $('list').replaceChildren(...items);
  $('list').scrollTop = 0;
  map.showHits(state.hits, isFound, $('here').checked);
  const file = $('file');
  file.hidden = !file.dataset.path || !count;
}

function row(hit) {
  const item = $('place').content.firstElementChild.cloneNode(true);
  const facts = hit.properties;
  const part = (name) => item.querySelector(`.${name}`);
  item.dataset.id = hit.id;
  item.classList.toggle('found', isFound(hit));
  part('rank').textContent = facts.rank;
  const known = facts.relevance !== null;
  const share = known ? facts.relevance : Math.max(0, facts.score);
  part('chance').textContent = known ? percent(share) : share.toFixed(3);
  part('chance').title = known ? 'Relevance: how likely a person would call it right' : 'Similarity';
  part('bar').firstElementChild.style.width = `${Math.round(100 * share)}%`;
  const name = facts.scene.split('/').pop();
  part('scene').textContent = name;
  part('scene').title = facts.scene;
  part('size').textContent = [metres(facts.ground_m), facts.datetime?.slice(0, 10)].filter(Boolean).join(' · ');
  const said = known ? `relevance ${percent(share)}` : `similarity ${share.toFixed(2)}`;
  part('show').ariaLabel = `Place ${facts.rank}, ${said}, ${name}, ${metres(facts.ground_m)}`;
  part('show').addEventListener('click', () => choose(hit.id, true));
  part('like').addEventListener('click', () => likeHit(hit.id));
  part('like').ariaLabel = `More like place ${facts.rank}`;
  const image = item.querySelector('img');
  if (facts.thumbnail) {
    source(picture(hit.id, 168)).then((url) => { image.src = url; }, () => image.removeAttribute('src'));
  }
  return item;
}

function choose(id, go) {
  state.chosen = id;
  for (const item of $('list').children) {
    const mine = item.dataset.id === id;
    item.classList.toggle('chosen', mine);
    if (mine && !go) {
      item.scrollIntoView({block: 'nearest'});
      item.querySelector('.show').focus({preventScroll: true});
    }
  }
  map.lift();
  map.choose(id, go);
  const hit = state.hits.find((one) => one.id === id);
  if (!hit?.properties.thumbnail) return;
  source(picture(id, 384)).then((url) => {
    if (state.chosen === id) map.lay(id, url);
  }, () => {});
}

async function open(index) {
  state.index = index;
  $('list').replaceChildren();
  $('file').hidden = true;
  map.clearHits();
  const [about, scenes] = await Promise.all([
    ask(here('').slice(0, -1)).then((answer) => answer.json()),
    ask(`collections/${encodeURIComponent(`scenes:${index}`)}/items?limit=1000`).then((answer) => answer.json()),
  ]);
  map.showScenes(scenes.features);
  const sizes = about.ground_sizes_m;
  const range = sizes.length ? `, ${metres(sizes[0])} to ${metres(sizes[sizes.length - 1])} a side` : '';
  say(`${about.chips.toLocaleString()} chips of ${scenes.numberMatched.toLocaleString()} scenes${range}`);
  if (!about.searchable) say('The model that made this index is not on the server: places can be compared, sentences not.', true);
}

async function begin() {
  settings = await (await ask('page/settings.json')).json();
  map = new PlaceMap('map', settings, (id) => choose(id, false));
  const {collections} = await (await ask('collections')).json();
  const names = collections.map((one) => one.id).filter((id) => !id.startsWith('scenes:'));
  const wanted = new URLSearchParams(location.hash.slice(1));
  $('index').replaceChildren(...names.map((name) => new Option(name, name)));
  if (!names.length) {
    say('No index lies below the folders that this server was given. Make one with cmpagl index.', true);
    return;
  }
  if (names.includes(wanted.get('index'))) $('index').value = wanted.get('index');
  await open($('index').value);
  if (wanted.get('q')) {
    $('sentence').value = wanted.get('q');
    bySentence();
  }
}

$('search').addEventListener('submit', (event) => {
  event.preventDefault();
  bySentence();
});
$('index').addEventListener('change', () => guarded(() => open($('index').value)));
$('picture').addEventListener('change', async () => {
  const [file] = $('picture').files;
  if (file) await byExample(file, file.type);
  $('picture').value = '';
});
$('ask').addEventListener('cancel', (event) => event.preventDefault());
$('file').addEventListener('click', (event) => {
  event.preventDefault();
  guarded(async () => {
    const url = URL.createObjectURL(await (await ask($('file').dataset.path)).blob());
    const link = Object.assign(document.createElement('a'), {href: url, download: 'places.geojson'});
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  });
});
$('file').href = '#';
document.addEventListener('keydown', (event) => {
  const typing = event.target.matches?.('input:not([type=checkbox]), select');
  if (event.key === '/' && !typing) {
    event.preventDefault();
    $('sentence').focus();
  }
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  const from = event.target.closest?.('#list li, #sentence');
  if (!step || !from) return;
  const items = [...$('list').children];
  const next = items[from.id === 'sentence' ? (step > 0 ? 0 : -1) : items.indexOf(from) + step];
  if (!next && from.id === 'sentence') return;
  event.preventDefault();
  (next ? next.querySelector('.show') : $('sentence')).focus();
});
window.addEventListener('hashchange', () => guarded(followLink));

async function followLink() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const q = wanted.get('q');
  if (!q || q === $('sentence').value) return;
  $('sentence').value = q;
  bySentence();
}

guarded(begin);
